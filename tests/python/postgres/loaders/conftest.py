"""What the tests of other loaders' tables start from: the application's table, and the project with it as a source."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from harness.database import Database
from harness.dbt_project import DbtProject, message, succeeded
from harness.prepared import BuiltOnce, Prepared
from postgres.loaders.payments import TABLE, files


@pytest.fixture(scope="session")
def prepared(built_once: BuiltOnce) -> Prepared:
    """The ledger, the application's table and its staging view."""

    def fill(dbt: DbtProject, database: Database) -> None:
        database.execute(TABLE)
        succeeded(dbt.dbt_in_process("run", "--quiet", "--select", "stg_payments"))

    return built_once("raw", fill, files())


@pytest.fixture
def project(prepared: Prepared, database: Database, tmp_path: Path) -> Iterator[DbtProject]:
    """The project with the source and its mart."""
    project = DbtProject(prepared.dbt.folder, database.login, tmp_path / "project", prepared.dbt.target_path)
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
