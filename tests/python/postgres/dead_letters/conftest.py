"""What the tests of dead letters start from: two batches of devices, loaded, with letters of each kind."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from harness.database import Database, fresh_database, kept_as_template
from harness.dbt_project import REPOSITORY, DbtProject, succeeded
from onerow.landing.delivery import Delivery
from onerow.landing.land import land_files
from onerow.project.project import Project
from onerow.reconcile.marts import find_marts
from onerow.reconcile.reconcile import reconcile
from onerow.reconcile.rules import LEVELS
from onerow.server.lifecycle import Server

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


@dataclass(frozen=True)
class Refused:
    """A database to copy, and the project that made it."""

    template: str
    dbt: DbtProject


@pytest.fixture(scope="session")
def refused(
    server: Server, database_name: str, parsed: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Refused]:
    """Both batches, landed and loaded. The copy of the database has the same name, so dbt need not parse again."""
    folder = tmp_path_factory.mktemp("refused")
    with fresh_database(server.login, database_name) as database:
        dbt = DbtProject(REPOSITORY, database.login, folder / "project", parsed)
        with pytest.MonkeyPatch.context() as patch:
            project = dbt.job(patch)
            for name, text in (("first", FIRST), ("second", SECOND)):
                (folder / f"{name}.jsonl").write_text(text)
                delivery = Delivery(extracted_at=EXTRACTED[name])
                list(land_files(project, "devices", [folder / f"{name}.jsonl"], delivery))
        succeeded(dbt.dbt_in_process("run", "--quiet", "--select", "+devices"))
        with kept_as_template(server.login, database, "refused") as template:
            yield Refused(template, dbt)
    dbt.close()


@pytest.fixture
def database(server: Server, database_name: str, refused: Refused) -> Iterator[Database]:
    """A copy of the database."""
    with fresh_database(server.login, database_name, refused.template) as database:
        yield database


@pytest.fixture
def project(refused: Refused, database: Database) -> DbtProject:
    """The project on the copy."""
    return refused.dbt


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
