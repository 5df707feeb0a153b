"""dbt inside this process: which profile it takes, and what it leaves alone."""

import json
from pathlib import Path

import pytest

from onerow.project import dbt


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A dbt project with a profile of its own."""
    folder = tmp_path / "project"
    (folder / "models").mkdir(parents=True)
    (folder / "models" / "one.sql").write_text("select 1 as one", encoding="utf-8")
    (folder / "dbt_project.yml").write_text(json.dumps({"name": "tried", "profile": "tried"}), encoding="utf-8")
    write_profile(folder)
    return folder


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever calls is not in the project's folder, and has set nothing."""
    for name in ("DBT_PROFILES_DIR", "DBT_TARGET_PATH", "DBT_LOG_PATH"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)


def write_profile(folder: Path, dbname: str = "database") -> None:
    """Write a profile that no server has to answer for."""
    output = {"type": "postgres", "host": "h", "port": 1, "user": "u", "password": "p", "dbname": dbname, "schema": "s"}
    folder.mkdir(exist_ok=True)
    profile = {"tried": {"target": "test", "outputs": {"test": output}}}
    (folder / "profiles.yml").write_text(json.dumps(profile), encoding="utf-8")


def database_of(folder: Path, profiles_dir: Path | None = None) -> str:
    """Return the database for which dbt parses the model."""
    return dbt.invoke(folder, profiles_dir, None, ["parse"]).nodes["model.tried.one"].database


def test_profile_of_the_project_is_taken_wherever_the_caller_is(folder):
    """dbt alone looks in the current folder. Guard: invoke names the folder of profiles.yml."""
    assert database_of(folder) == "database"


def test_environment_names_another_folder_of_profiles(folder, tmp_path, monkeypatch):
    """As for dbt itself. Guard: DBT_PROFILES_DIR in default_profiles_dir."""
    write_profile(tmp_path / "named", "named")
    monkeypatch.setenv("DBT_PROFILES_DIR", str(tmp_path / "named"))

    assert database_of(folder) == "named"
    assert dbt.configuration(folder, None, None)[0].database == "named"


def test_given_folder_of_profiles_wins(folder, tmp_path, monkeypatch):
    """Guard: profiles_dir comes before what default_profiles_dir finds."""
    write_profile(tmp_path / "given", "given")
    monkeypatch.setenv("DBT_PROFILES_DIR", str(folder))

    assert database_of(folder, tmp_path / "given") == "given"


def test_artifacts_of_the_last_run_are_left_alone(folder):
    """`dbt retry` reads run_results.json. Guard: --no-write-json."""
    results = folder / "target" / "run_results.json"
    results.parent.mkdir()
    results.write_text("of the user's run", encoding="utf-8")

    compiled = dbt.invoke(
        folder, None, None, ["compile", "--inline", "select 2", "--no-introspect", "--no-populate-cache"]
    )

    assert compiled.results[0].node.compiled_code == "select 2"
    assert results.read_text(encoding="utf-8") == "of the user's run"
    assert not (results.parent / "manifest.json").exists()
