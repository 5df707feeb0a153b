"""Land files within this process, which saves the start of dbt; the command itself is tested in test_command.py."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.database import Database
from harness.dbt_project import REPOSITORY, DbtProject
from onerow.landing.delivery import Delivery, Landed, Refused
from onerow.landing.land import land_files
from onerow.project.project import Project

HEADER = "device_id,model,firmware,site,status,reported_at\n"


class Inbox:
    """Files to be delivered, and what the database says of them."""

    def __init__(self, folder: Path, project: Project, database: Database):
        self.folder = folder
        self.project = project
        self.login = database.login
        self._database = database

    def write(self, name: str, content: str | bytes) -> Path:
        """Write a file."""
        file = self.folder / name
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return file

    def devices(self, name: str, count: int) -> Path:
        """Write a CSV file of so many devices."""
        return self.write(name, HEADER + "".join(f"SN-{n},m,1.0,x,active,2026-05-01\n" for n in range(count)))

    def land(self, *files: Path, **delivery: object) -> list[Landed | Refused]:
        """Land files of devices."""
        return list(land_files(self.project, "devices", files, Delivery(**delivery)))

    def land_one(self, file: Path, **delivery: object) -> Landed:
        """Land one file of devices, which is not refused."""
        [landed] = self.land(file, **delivery)
        assert isinstance(landed, Landed), landed.error
        return landed

    def refusal_of(self, file: Path, **delivery: object) -> Exception:
        """Return the error with which a file is refused. Nothing of it may have been written."""
        before = self.written()
        [refused] = self.land(file, **delivery)
        assert isinstance(refused, Refused), refused
        assert self.written() == before
        return refused.error

    def written(self) -> tuple[int, ...]:
        """Return how many rows there are of everything that a landing writes."""
        tables = ("onerow.batches", "landing.devices", "onerow.dead_letters", "onerow.schema_changes")
        if self._database.value("select to_regclass('onerow.batches') is null"):
            return (0,) * len(tables)
        return tuple(self._database.value(f"select count(*) from {table}") for table in tables)

    def blockers(self) -> set[str]:
        """Return the names of the sessions for which others wait."""
        query = """
        select distinct blocker.application_name
        from pg_stat_activity as waiting, pg_stat_activity as blocker
        where waiting.datname = current_database() and blocker.pid = any(pg_blocking_pids(waiting.pid))
        """
        return {name for (name,) in self._database.rows(query)}

    def wait_for(self, query: str, *values: object, seconds: float = 60) -> None:
        """Wait until a query gives something other than 0."""
        deadline = time.monotonic() + seconds
        while not self._database.value(query, *values):
            assert time.monotonic() < deadline, query
            time.sleep(0.02)


@pytest.fixture
def inbox(job: Project, database: Database, tmp_path: Path) -> Inbox:
    """An empty folder for files to be delivered."""
    folder = tmp_path / "inbox"
    folder.mkdir()
    return Inbox(folder, job, database)


@pytest.fixture
def patient(project: DbtProject) -> DbtProject:
    """The project with a lock timeout that a busy machine does not reach."""
    settings = (REPOSITORY / "dbt_project.yml").read_text()
    return project.with_files(
        {"dbt_project.yml": settings.replace("onerow_lock_timeout: 30s", "onerow_lock_timeout: 5min")}
    )


@pytest.fixture
def landed_rows(database: Database) -> Callable[[], list[tuple]]:
    """Return what is in landing, in the order of the contract."""

    def select() -> list[tuple]:
        return database.rows(
            """
            select _batch_no, _line_number, device_id, model, firmware, site, status, reported_at, _unexpected
            from landing.devices
            order by _batch_no, _line_number
            """
        )

    return select
