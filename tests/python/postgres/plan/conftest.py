"""What the tests of plans start from: the project as a job reads it, in this process."""

from collections.abc import Callable
from typing import Any

import pytest

from harness.dbt_project import DbtProject
from onerow.plan.plan import plan
from onerow.plan.report import Plan
from onerow.project.project import Project
from onerow.reconcile.marts import find_marts


@pytest.fixture
def job(monkeypatch: pytest.MonkeyPatch) -> Callable[[DbtProject], Project]:
    """Read a project as a job does, from what its last run has parsed."""
    return lambda project: project.job(monkeypatch)


@pytest.fixture
def planned(job: Callable[[DbtProject], Project]) -> Callable[..., Plan]:
    """Plan marts by name, with all of their rows."""

    def run(project: DbtProject, *names: str, rows: int = 10_000, **asked: Any) -> Plan:
        read = job(project)
        return plan(read, find_marts(read, names), rows=rows, **asked)

    return run
