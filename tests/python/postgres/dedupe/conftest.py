"""What the tests of dedupe start from: a ledger, and tables that hold more than one row of a key."""

from collections.abc import Iterator

import pytest

from harness.database import Database
from harness.dbt_project import DbtProject
from harness.prepared import BuiltOnce, Prepared
from onerow.ledger.setup import ensure_tables
from onerow.project.project import Project
from postgres.dedupe.tables import PAIRS, Things, hold


@pytest.fixture(scope="session")
def prepared(built_once: BuiltOnce) -> Prepared:
    """The ledger, and an empty table shop.things."""

    def fill(dbt: DbtProject, database: Database) -> None:
        with pytest.MonkeyPatch.context() as patch:
            job = dbt.job(patch)
            with job.connect() as connection:
                ensure_tables(job, connection)
        database.execute("create schema shop")
        database.execute("create table shop.things (id integer, a text, b integer, updated_at integer)")

    return built_once("dedupe", fill)


@pytest.fixture
def job(prepared: Prepared, monkeypatch: pytest.MonkeyPatch) -> Project:
    """The project as onerow's jobs read it in this process, parsed once for all tests."""
    return prepared.dbt.job(monkeypatch)


@pytest.fixture
def things(database: Database, job: Project) -> Iterator[Things]:
    """The empty table shop.things: id is its key, updated_at its version."""
    things = Things(database, job)
    yield things
    things.close()


@pytest.fixture
def pairs(things):
    """Eight keys of two rows: four batches of two keys."""
    things.add(*PAIRS)
    return things


@pytest.fixture
def held(pairs, database):
    """A repair stops in the middle for as long as the returned connection is in its transaction."""
    return hold(database)
