"""dbt's own tests for adapters, run in a project that installs onerow as a package.

Their fixtures make a small dbt project a class. What this file adds is what a project that installs onerow has: the
package, the materializations that hand over to it, and the order in which dbt looks for macros.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from dbt.adapters.factory import reset_adapters
from dbt.tests.fixtures.project import *  # noqa: F403 - pytest finds fixtures by name
from dbt.tests.util import run_dbt, write_file

from harness.database import fresh_database
from harness.dbt_project import REPOSITORY
from onerow.server.lifecycle import Server

_CONSUMER = REPOSITORY / "tests/dbt_project"


@pytest.fixture(scope="class")
def dbt_profile_target(server: Server, database_name: str) -> Iterator[dict[str, Any]]:
    """A database of the class's own."""
    reset_adapters()  # another test's dbt in this process has left one, which the suite would take for its own
    with fresh_database(server.login, f"{database_name}_suite") as database:
        login = database.login
        yield {
            "type": "postgres",
            "threads": 4,
            "host": login.host,
            "port": login.port,
            "user": login.user,
            "password": login.password,
            "dbname": login.dbname,
        }


@pytest.fixture(scope="class")
def logs_dir(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """dbt's logs go with the test's other files; the suite's own fixture writes them into the repository."""
    with pytest.MonkeyPatch.context() as environment:
        folder = tmp_path_factory.mktemp("logs")
        environment.setenv("DBT_LOG_PATH", str(folder))
        environment.setenv("DBT_WRITE_JSON", "false")
        environment.setenv("DBT_LOG_LEVEL_FILE", "none")
        yield str(folder)


@pytest.fixture(scope="session")
def macros_alone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package without its models: each class would parse them anew, to find that they are disabled."""
    folder = tmp_path_factory.mktemp("package")
    for part in ("dbt_project.yml", "macros"):
        (folder / part).symlink_to(REPOSITORY / part)
    return folder


@pytest.fixture(scope="class")
def packages(macros_alone: Path) -> dict[str, Any]:
    """The package."""
    return {"packages": [{"local": str(macros_alone)}]}


@pytest.fixture(scope="session")
def handed_over() -> dict[str, str]:
    """The materializations that hand over to the package."""
    return {"materializations.sql": (_CONSUMER / "macros/materializations.sql").read_text(encoding="utf-8")}


@pytest.fixture(scope="class")
def macros(handed_over: dict[str, str]) -> dict[str, str]:
    """The project's macros: those alone, unless a class has more."""
    return handed_over


@pytest.fixture(scope="class")
def dbt_project_yml(project_root: Any, project_config_update: dict[str, Any], request: pytest.FixtureRequest) -> None:
    """What a class of dbt's sets, the class's own `config` of models, and what a project that installs onerow sets."""
    # What is disabled is the package's hook, which these tests would count among their seeds and models.
    hook = {"onerow": {"+enabled": False}}
    models = {**project_config_update.get("models", {}), **getattr(request.cls, "config", {}), **hook}
    settings = {
        "name": "test",
        "profile": "test",
        "flags": {"send_anonymous_usage_stats": False},
        "dispatch": [{"macro_namespace": "dbt", "search_order": ["test", "onerow", "dbt"]}],
        "models": models,
    }
    write_file(yaml.safe_dump(settings), project_root, "dbt_project.yml")


@pytest.fixture(scope="class")
def project(project_setup: Any, project_files: None) -> Any:
    """The suite's project, with the package installed."""
    run_dbt(["deps"])
    return project_setup
