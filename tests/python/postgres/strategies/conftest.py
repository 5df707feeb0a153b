"""What the tests of the strategies start from: ledger, landing and staging view of a source made for them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.database import Database
from harness.dbt_project import DbtProject, succeeded
from harness.prepared import BuiltOnce, Prepared
from postgres.strategies.things import Things, source_files


@pytest.fixture(scope="session")
def prepared(built_once: BuiltOnce) -> Prepared:
    """Ledger, landing and staging views of the source `things`, with and without windows."""

    def fill(dbt: DbtProject, database: Database) -> None:
        succeeded(dbt.dbt_in_process("run", "--quiet", "--select", "stg_things", "stg_windowed_things"))

    return built_once("things", fill, source_files("things", "windowed_things"))


@pytest.fixture
def things(database: Database, prepared: Prepared, tmp_path: Path) -> Iterator[Things]:
    """Lands things and loads marts of them."""
    project = DbtProject(prepared.dbt.folder, database.login, tmp_path / "project", prepared.dbt.target_path)
    yield Things(database, project)
    project.close()
