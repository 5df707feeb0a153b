"""What the tests of the strategies start from: ledger, landing and staging view of a source made for them."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from harness.database import Database, fresh_database, kept_as_template
from harness.dbt_project import REPOSITORY, DbtProject
from onerow.server.lifecycle import Server
from postgres.strategies.things import Things, source_files


@dataclass(frozen=True)
class Ready:
    """A database to copy, and the project that made it."""

    template: str
    project: DbtProject


@pytest.fixture(scope="session")
def ready(
    server: Server, database_name: str, parsed: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Ready]:
    """The project with the source `things`, built once."""
    with fresh_database(server.login, database_name) as database:
        repository = DbtProject(REPOSITORY, database.login, tmp_path_factory.mktemp("things") / "project", parsed)
        project = repository.with_files(source_files("things", "windowed_things"))
        assert project.dbt_in_process("run", "--quiet", "--select", "stg_things", "stg_windowed_things").success
        with kept_as_template(server.login, database, "things") as template:
            yield Ready(template, project)


@pytest.fixture
def database(server: Server, database_name: str, ready: Ready) -> Iterator[Database]:
    """A database with ledger, landing and staging views."""
    with fresh_database(server.login, database_name, ready.template) as database:
        yield database


@pytest.fixture
def things(database: Database, ready: Ready, tmp_path: Path) -> Iterator[Things]:
    """Lands things and loads marts of them."""
    project = DbtProject(ready.project.folder, database.login, tmp_path / "project", ready.project.target_path)
    yield Things(database, project)
    project.close()
