"""What the tests of dedupe start from: a ledger, and tables that hold more than one row of a key."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.database import Database, fresh_database, kept_as_template
from harness.dbt_project import REPOSITORY, DbtProject
from onerow.ledger.setup import ensure_tables
from onerow.project.project import Project
from onerow.server.lifecycle import Server
from postgres.dedupe.tables import PAIRS, Things, hold


@pytest.fixture(scope="session")
def job(server: Server, database_name: str, parsed: Path, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The project as the jobs read it in this process, read once."""
    with fresh_database(server.login, database_name) as database, pytest.MonkeyPatch.context() as patch:
        project = DbtProject(REPOSITORY, database.login, tmp_path_factory.mktemp("dedupe") / "project", parsed)
        job = project.job(patch)
        assert job.manifest is not None
        assert job.credentials is not None
        return job


@pytest.fixture(scope="session")
def ledger_ready(server: Server, database_name: str, job: Project) -> Iterator[str]:
    """Name of a database with the ledger and an empty table, to be copied."""
    with fresh_database(server.login, database_name) as database:
        with job.connect() as connection:
            ensure_tables(job, connection)
        database.execute("create schema shop")
        database.execute("create table shop.things (id integer, a text, b integer, updated_at integer)")
        with kept_as_template(server.login, database, "dedupe") as template:
            yield template


@pytest.fixture
def database(server: Server, database_name: str, ledger_ready: str) -> Iterator[Database]:
    """A database with the ledger and an empty table shop.things."""
    with fresh_database(server.login, database_name, ledger_ready) as database:
        yield database


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
