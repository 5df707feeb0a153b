"""What the tests of the load start from: a database with ledger and landing, and nothing loaded yet."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.database import Database, fresh_database, kept_as_template
from harness.dbt_project import REPOSITORY, DbtProject
from harness.devices import Devices
from onerow.server.lifecycle import Server


@pytest.fixture(scope="session")
def landing_ready(
    server: Server, database_name: str, parsed: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """Name of a database with ledger and landing tables, to be copied."""
    with fresh_database(server.login, database_name) as database:
        project = DbtProject(REPOSITORY, database.login, tmp_path_factory.mktemp("landing") / "project", parsed)
        assert project.dbt_in_process("run-operation", "setup_ledger", "--quiet").success
        with kept_as_template(server.login, database, "landing") as template:
            yield template


@pytest.fixture
def database(server: Server, database_name: str, landing_ready: str) -> Iterator[Database]:
    """A database with ledger and landing tables."""
    with fresh_database(server.login, database_name, landing_ready) as database:
        yield database


@pytest.fixture
def devices(database: Database, tmp_path: Path) -> Devices:
    """Lands batches of devices."""
    return Devices(database, tmp_path / "delivered")
