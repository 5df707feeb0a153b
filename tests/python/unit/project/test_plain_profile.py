"""A profile that is read without dbt says what dbt says of it, or is left to dbt."""

import dataclasses
import json
from pathlib import Path

import pytest
import yaml

from harness.dbt_project import REPOSITORY
from onerow.project import dbt
from onerow.project.plain_profile import Credentials, read_plain

OUTPUT = {
    "type": "postgres",
    "host": "db",
    "port": 5432,
    "user": "ann",
    "password": "p",
    "dbname": "shop",
    "schema": "marts",
    "threads": 4,
}
PLAIN = {
    "written out": {},
    "other names": {"pass": "q", "password": None},
    "variables": {"host": "{{ env_var('TRIED_HOST') }}", "port": '{{ env_var("TRIED_PORT", "5433") | as_number }}'},
    "a default": {"user": "{{ env_var('TRIED_NOT_SET', 'bob') }}", "sslmode": "{{env_var('TRIED_EMPTY','x')}}"},
    "a secret": {"password": "{{ env_var('DBT_ENV_SECRET_TRIED') }}"},
    "all options": {
        **{"sslmode": "require", "sslcert": "c", "sslkey": "k", "sslrootcert": "r", "search_path": "a, b"},
        **{"role": "etl", "keepalives_idle": 7, "connect_timeout": 3, "retries": 2, "application_name": "x"},
    },
}
NOT_PLAIN = {
    "an expression": {"host": "{{ 'd' ~ 'b' }}"},
    "part of a value": {"host": "db.{{ env_var('TRIED_HOST') }}"},
    "another filter": {"host": "{{ env_var('TRIED_HOST') | as_text }}"},
    "a variable that is not set": {"host": "{{ env_var('TRIED_NOT_SET') }}"},
    "a port that is a text": {"port": "5432"},
    "a port that is no number": {"port": "{{ env_var('TRIED_HOST') | as_number }}"},
    "an unknown option": {"hots": "db"},
    "one option by both names": {"database": "shop"},
    "something missing": {"schema": None},
    "another database": {"type": "duckdb"},
    "a number for a text": {"password": 12},
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A dbt project, and variables of the environment."""
    project = {"name": "tried", "profile": "tried", "vars": {"onerow_lock_timeout": "{{ 5 }}s"}}
    (tmp_path / "dbt_project.yml").write_text(json.dumps(project), encoding="utf-8")
    for name, value in {"HOST": "elsewhere", "PORT": "6432", "EMPTY": ""}.items():
        monkeypatch.setenv(f"TRIED_{name}", value)
    monkeypatch.setenv("DBT_ENV_SECRET_TRIED", "hush")
    monkeypatch.delenv("TRIED_NOT_SET", raising=False)
    return tmp_path


def write(folder, **options):
    """Write a profile whose target has these options beside the usual ones, or lacks those that are None."""
    output = {name: value for name, value in {**OUTPUT, **options}.items() if value is not None}
    profile = {"tried": {"target": "dev", "outputs": {"other": {}, "dev": output}}}
    (folder / "profiles.yml").write_text(yaml.safe_dump(profile), encoding="utf-8")


@pytest.mark.parametrize("case", PLAIN)
def test_a_plain_profile_is_read_as_dbt_reads_it(folder, case):
    """Guard: aliases, variables and defaults."""
    write(folder, **PLAIN[case])
    plain = read_plain(folder, folder, None)
    assert plain is not None

    credentials, variables = dbt.configuration(folder, folder, None)

    named = [field.name for field in dataclasses.fields(Credentials)]
    assert {name: getattr(plain[0], name) for name in named} == {name: getattr(credentials, name) for name in named}
    assert plain[1] == variables == {"onerow_lock_timeout": "{{ 5 }}s"}
    assert "hush" not in repr(plain)


@pytest.mark.parametrize("case", NOT_PLAIN)
def test_anything_else_is_left_to_dbt(folder, case):
    """Guard: what is not understood is not guessed."""
    write(folder, **NOT_PLAIN[case])

    assert read_plain(folder, folder, None) is None


def test_the_target_is_the_named_one_else_that_of_the_profile(folder):
    """Guard: an unknown target is dbt's to refuse; one that is incomplete too."""
    write(folder)

    assert read_plain(folder, folder, "dev") == read_plain(folder, folder, None)
    assert read_plain(folder, folder, "other") is None
    assert read_plain(folder, folder, "unknown") is None
    assert read_plain(folder, folder / "nowhere", None) is None


def test_the_example_is_plain(folder, monkeypatch):
    """Guard: no target of profiles.yml.example takes dbt to read."""
    for name in ("HOST", "USER", "PASSWORD", "DBNAME"):
        monkeypatch.setenv(f"ONEROW_{name}", "x")
    (folder / "profiles.yml").write_text((REPOSITORY / "profiles.yml.example").read_text("utf-8"), encoding="utf-8")

    for target in (None, "embedded", "server"):
        assert read_plain(REPOSITORY, folder, target) is not None
