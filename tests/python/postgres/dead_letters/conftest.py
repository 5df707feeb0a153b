"""What the tests of dead letters start from: two batches of devices, loaded, with letters of each kind."""

from collections.abc import Callable
from datetime import UTC, datetime

import psycopg
import pytest

from harness.database import Database
from harness.dbt_project import DbtProject, succeeded
from harness.prepared import BuiltOnce, Prepared
from onerow.landing.delivery import Delivery
from onerow.landing.land import land_files
from onerow.project.project import Project
from onerow.reconcile.marts import find_marts
from onerow.reconcile.reconcile import reconcile
from onerow.reconcile.rules import LEVELS

# A good row, one without a key, one that is of no time, and a line that is cut off.
FIRST = """\
{"device_id": "a", "firmware": "1", "reported_at": "2026-05-01T12:00:00Z"}
{"device_id": null, "firmware": "1", "colour": "red", "reported_at": "2026-05-01T12:00:00Z"}
{"device_id": "b", "firmware": "1", "reported_at": "yesterday"}
{"device_id": "c", "firmw
"""
SECOND = """\
{"device_id": "a", "firmware": "2", "reported_at": "2026-05-02T12:00:00Z"}
{"device_id": "d", "firmware": "2", "reported_at": "tomorrow"}
"""
EXTRACTED = {"first": datetime(2026, 5, 1, 13, tzinfo=UTC), "second": datetime(2026, 5, 2, 13, tzinfo=UTC)}


@pytest.fixture(scope="session")
def prepared(built_once: BuiltOnce) -> Prepared:
    """Both batches, landed and loaded."""

    def fill(dbt: DbtProject, database: Database) -> None:
        with pytest.MonkeyPatch.context() as patch:
            job = dbt.job(patch)
            for name, text in (("first", FIRST), ("second", SECOND)):
                file = dbt.scratch / f"{name}.jsonl"
                file.write_text(text)
                list(land_files(job, "devices", [file], Delivery(extracted_at=EXTRACTED[name])))
        succeeded(dbt.dbt_in_process("run", "--quiet", "--select", "+devices"))

    return built_once("refused", fill)


@pytest.fixture
def project(prepared: Prepared, database: Database) -> DbtProject:
    """The project on the copy."""
    return prepared.dbt


@pytest.fixture
def connection(database: Database) -> psycopg.Connection:
    """A connection such as a command has."""
    return database.connect()


@pytest.fixture
def load(project: DbtProject) -> Callable[..., None]:
    """Load the mart of devices, or what is selected."""

    def load(*arguments: str, select: str = "devices") -> None:
        succeeded(project.dbt_in_process("run", "--quiet", "--select", select, *arguments))

    return load


@pytest.fixture
def differences(job: Project, database: Database) -> Callable[..., list[str]]:
    """Reconcile a mart at every level, and return the figures that differ."""

    def differences(mart: str = "devices") -> list[str]:
        report = reconcile(job, database.connect(), find_marts(job, (mart,)), LEVELS)
        figures = [figure for each in report.marts for level in each.levels for figure in level.figures]
        return [figure.name for figure in figures if figure.violations]

    return differences
