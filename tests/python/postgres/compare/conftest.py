"""Two databases and a folder, in which a test puts the two sides of a comparison."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from compared_sides import Sides
from harness.database import Database, fresh_database
from harness.dbt_project import REPOSITORY
from onerow.project.project import Project
from onerow.server.lifecycle import Server


@pytest.fixture(scope="session")
def databases(server: Server, database_name: str) -> Iterator[tuple[Database, Database]]:
    """Two databases. What a test makes there is gone after it."""
    with (
        fresh_database(server.login, f"{database_name}_here") as here,
        fresh_database(server.login, f"{database_name}_there") as there,
    ):
        yield here, there


@pytest.fixture
def sides(databases: tuple[Database, Database], tmp_path: Path) -> Iterator[Sides]:
    """Two sides of parcels, which both databases and the folder can hold."""
    outputs = {}
    for name, database in zip(("here", "there"), databases, strict=True):
        database.execute("create schema shop")
        login = database.login
        connection = {"host": login.host, "port": login.port, "user": login.user, "password": login.password}
        outputs[name] = {**connection, "type": "postgres", "dbname": login.dbname, "schema": "shop", "threads": 1}
    (tmp_path / "profiles.yml").write_text(json.dumps({"onerow": {"target": "here", "outputs": outputs}}))
    yield Sides(*databases, tmp_path, Project(REPOSITORY, tmp_path))
    for database in databases:
        database.execute("drop schema shop cascade")
