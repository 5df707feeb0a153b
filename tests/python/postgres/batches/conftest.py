"""What the tests of batches start from: a ledger, delivered devices, and the project as a job sees it."""

from pathlib import Path

import psycopg
import pytest

from harness.database import Database
from harness.dbt_project import DbtProject
from harness.devices import Devices
from onerow.ledger.setup import ensure_tables
from onerow.project.project import Project


@pytest.fixture
def job(project: DbtProject, monkeypatch: pytest.MonkeyPatch) -> Project:
    """The project as the jobs read it in this process, on a database with ledger and landing tables."""
    job = project.job(monkeypatch)
    with job.connect() as connection:
        ensure_tables(job, connection)
    return job


@pytest.fixture
def connection(database: Database, job: Project) -> psycopg.Connection:
    """A connection such as a command has."""
    return database.connect()


@pytest.fixture
def devices(job: Project, database: Database, tmp_path: Path) -> Devices:
    """Lands batches of devices."""
    return Devices(database, tmp_path / "delivered")
