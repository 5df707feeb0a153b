"""What the tests of plans start from: the project as a job reads it, in this process."""

from collections.abc import Callable
from typing import Any

import pytest

from harness.database import Database
from harness.dbt_project import DbtProject
from onerow.plan.plan import plan
from onerow.plan.report import Plan
from onerow.project.project import Project
from onerow.reconcile.marts import find_marts


@pytest.fixture
def job(monkeypatch: pytest.MonkeyPatch) -> Callable[[DbtProject], Project]:
    """Read a project as a job does, from what its last run has parsed."""

    def read(project: DbtProject) -> Project:
        project.seed_target()
        monkeypatch.setenv("DBT_TARGET_PATH", str(project.target_path))
        monkeypatch.setenv("DBT_LOG_PATH", str(project.log_path))
        return Project(project.folder, project.profiles_dir)

    return read


@pytest.fixture
def planned(job: Callable[[DbtProject], Project]) -> Callable[..., Plan]:
    """Plan marts by name, with all of their rows."""

    def run(project: DbtProject, *names: str, rows: int = 10_000, **asked: Any) -> Plan:
        read = job(project)
        return plan(read, find_marts(read, names), rows=rows, **asked)

    return run


@pytest.fixture
def everything(database: Database) -> Callable[[], dict[str, object]]:
    """See what is in the database and how often it was written: relations, row versions, sequences."""

    def look() -> dict[str, object]:
        tables = [
            name
            for (name,) in database.rows(
                "select format('%I.%I', n.nspname, c.relname) from pg_class as c"
                " inner join pg_namespace as n on n.oid = c.relnamespace"
                " where c.relkind = 'r' and n.nspname !~ '^pg_|^information_schema' order by 1"
            )
        ]
        return {
            "schemas": database.rows("select nspname from pg_namespace where nspname !~ '^pg_' order by 1"),
            "relations": database.rows(
                "select c.relname, c.relkind, pg_relation_size(c.oid) from pg_class as c"
                " inner join pg_namespace as n on n.oid = c.relnamespace"
                " where n.nspname !~ '^pg_|^information_schema' order by 1, 2"
            ),
            "sequences": database.rows("select sequencename, last_value from pg_sequences order by 1"),
            **{name: database.rows(f"select ctid, xmin, xmax from {name} order by ctid") for name in tables},
        }

    return look
