"""A project that installs onerow as a dbt package, with one batch loaded: made once, the database copied a test."""

import json
import shutil
from collections.abc import Iterator

import pytest

from harness.database import Database, fresh_database, kept_as_template
from harness.dbt_project import REPOSITORY, DbtProject, succeeded
from harness.prepared import Prepared
from onerow.server.lifecycle import Server

_LEFT_BY_DBT = shutil.ignore_patterns("dbt_packages", "target", "logs", "package-lock.yml")

# A parcel that comes twice, one of a wrong weight and an unknown status, one without a number.
MONDAY = """\
parcel_id,weight,status,scanned_at
P-1,1.5,scanned,2026-05-04T08:00:00Z
P-1,1.5,delivered,2026-05-04T17:00:00Z
P-2,0.4,scanned,2026-05-04T08:30:00Z
P-3,heavy,lost,2026-05-04T09:00:00Z
,1.0,scanned,2026-05-04T09:30:00Z
"""


@pytest.fixture(scope="session")
def prepared(server: Server, database_name: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prepared]:
    """The project, and its database. dbt_packages and its lock are not written into the tree."""
    folder = tmp_path_factory.mktemp("consumer") / "project"
    shutil.copytree(REPOSITORY / "tests/dbt_project", folder, ignore=_LEFT_BY_DBT)
    (folder / "packages.yml").write_text(json.dumps({"packages": [{"local": str(REPOSITORY)}]}))
    (folder / "monday.csv").write_text(MONDAY)
    with fresh_database(server.login, database_name) as database:
        project = DbtProject(folder, database.login, folder.parent / "scratch")
        project.dbt("deps").succeeded()
        project.onerow("land", "parcels", folder / "monday.csv").succeeded()
        succeeded(project.dbt_in_process("build", "--quiet", "--exclude", "test_type:unit"))
        with kept_as_template(server.login, database, "consumer") as template:
            yield Prepared(template, project)
    project.close()


@pytest.fixture
def consumer(prepared: Prepared, database: Database) -> DbtProject:
    """The project, with Monday's batch loaded."""
    return prepared.dbt
