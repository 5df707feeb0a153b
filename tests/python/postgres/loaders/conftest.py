"""What the tests of other loaders' tables start from: the application's table, and the project with it as a source."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from harness.database import Database, fresh_database, kept_as_template
from harness.dbt_project import REPOSITORY, DbtProject, message, succeeded
from onerow.server.lifecycle import Server
from postgres.loaders.payments import TABLE, files


@pytest.fixture(scope="session")
def raw_ready(
    server: Server, database_name: str, parsed: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, DbtProject]]:
    """Name of a database with the ledger and the table, to be copied, and the project that made it."""
    with fresh_database(server.login, database_name) as database:
        database.execute(TABLE)
        scratch = tmp_path_factory.mktemp("raw") / "project"
        project = DbtProject(REPOSITORY, database.login, scratch, parsed).with_files(files())
        succeeded(project.dbt_in_process("run", "--quiet", "--select", "stg_payments"))
        with kept_as_template(server.login, database, "raw") as template:
            yield template, project
    project.close()


@pytest.fixture
def database(server: Server, database_name: str, raw_ready: tuple[str, DbtProject]) -> Iterator[Database]:
    """A database with the ledger and the application's table."""
    with fresh_database(server.login, database_name, raw_ready[0]) as database:
        yield database


@pytest.fixture
def project(raw_ready: tuple[str, DbtProject], database: Database, tmp_path: Path) -> Iterator[DbtProject]:
    """The project with the source and its mart."""
    made = raw_ready[1]
    project = DbtProject(made.folder, database.login, tmp_path / "project", made.target_path)
    yield project
    project.close()


@pytest.fixture
def load(project: DbtProject) -> Callable[..., str]:
    """Load a mart, which must succeed; return what dbt says of it."""

    def load(*arguments: str, mart: str = "payments", of: DbtProject = project) -> str:
        return message(succeeded(of.dbt_in_process("run", "--select", mart, *arguments)), mart)

    return load


@pytest.fixture
def outcomes(database: Database) -> Callable[[], dict[tuple[str, int], dict[str, int]]]:
    """Return the recorded outcomes of each batch, by its name, and attempt."""

    def outcomes() -> dict[tuple[str, int], dict[str, int]]:
        counted: dict[tuple[str, int], dict[str, int]] = {}
        for batch_id, attempt, outcome, count in database.rows(
            "select b.batch_id, o.attempt, o.outcome, o.row_count from onerow.load_outcomes as o"
            " inner join onerow.batches as b using (batch_no)"
        ):
            counted.setdefault((batch_id, attempt), {})[outcome] = count
        return counted

    return outcomes
