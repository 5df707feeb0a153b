"""A small, clean state of one mart, built once by the real commands and copied for every test, which then breaks it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from clean_devices import FIRST, SECOND, THIRD, land
from harness.database import Database
from harness.dbt_project import WITHOUT_TESTS, DbtProject
from harness.prepared import BuiltOnce, Prepared
from onerow.landing.land import land_files
from onerow.project.project import Project
from onerow.reconcile.marts import find_marts
from onerow.reconcile.reconcile import reconcile
from onerow.reconcile.report import Report
from onerow.reconcile.rules import LEVELS


@pytest.fixture(scope="session")
def prepared(built_once: BuiltOnce) -> Prepared:
    """Two batches, loaded one after the other."""

    def fill(dbt: DbtProject, database: Database) -> None:
        land(dbt, dbt.scratch, "first.csv", FIRST)
        dbt.dbt("build", *WITHOUT_TESTS).succeeded()
        land(dbt, dbt.scratch, "second.csv", SECOND)
        dbt.dbt("run", "--select", "devices").succeeded()

    return built_once("clean", fill)


@pytest.fixture
def connection(database: Database) -> psycopg.Connection:
    """A connection such as a command has."""
    return database.connect()


@pytest.fixture
def job(prepared: Prepared, monkeypatch: pytest.MonkeyPatch) -> Project:
    """The project as onerow's jobs read it in this process, parsed once for all tests."""
    return prepared.dbt.job(monkeypatch)


@pytest.fixture
def landed_third(job: Project, database: Database, tmp_path: Path) -> None:
    """A third batch has landed and is not loaded."""
    file = tmp_path / "third.csv"
    file.write_text(THIRD, encoding="utf-8")
    [landed] = land_files(job, "devices", [file])
    assert landed.batch_no == 3


@pytest.fixture
def reconciled(job: Project, connection: psycopg.Connection) -> Callable[..., Report]:
    """Reconcile devices on the given levels, else on all of them, in this process."""

    def run(*levels: str) -> Report:
        marts = find_marts(job, ("devices",))
        return reconcile(job, connection, marts, levels or LEVELS)

    return run


@pytest.fixture
def configured(job: Project) -> Iterator[Callable[..., None]]:
    """Set options of meta.onerow.reconcile of devices, for the time of the test."""
    manifest = job.manifest
    options = manifest.nodes["model.onerow.devices"].config.meta["onerow"]

    def configure(**reconcile: Any) -> None:
        options["reconcile"] = reconcile
        manifest.build_flat_graph()

    yield configure
    options.pop("reconcile", None)
    manifest.build_flat_graph()
