"""What the tests of the load start from: a database with ledger and landing, and nothing loaded yet."""

from pathlib import Path

import pytest

from harness.database import Database
from harness.dbt_project import DbtProject
from harness.devices import Devices
from harness.prepared import BuiltOnce, Prepared


@pytest.fixture(scope="session")
def prepared(built_once: BuiltOnce) -> Prepared:
    """Ledger and landing tables."""

    def fill(dbt: DbtProject, database: Database) -> None:
        assert dbt.dbt_in_process("run-operation", "setup_ledger", "--quiet").success

    return built_once("landing", fill)


@pytest.fixture
def devices(database: Database, tmp_path: Path) -> Devices:
    """Lands batches of devices."""
    return Devices(database, tmp_path / "delivered")
