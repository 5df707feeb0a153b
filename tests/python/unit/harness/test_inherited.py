"""What a program inherits is what it would have parsed."""

from types import SimpleNamespace

import pytest

from harness.inherited import Parsed, would_be
from harness.parsed_once import project_files


@pytest.fixture
def parsed(tmp_path):
    """A project of one model as it was parsed, with an environment variable."""
    (tmp_path / "model.sql").write_text("select 1")
    config = SimpleNamespace(project_root=tmp_path, credentials="c", target_name="t", cli_vars={})
    return Parsed(config, project_files(tmp_path), SimpleNamespace(env_vars={"SITE": "north"}))


@pytest.fixture
def context(parsed, monkeypatch):
    """That of dbt, before it parses the same."""
    monkeypatch.setenv("SITE", "north")
    flags = SimpleNamespace(PARTIAL_PARSE=True, WARN_ERROR=False, WRITE_JSON=False)
    return SimpleNamespace(obj={"runtime_config": parsed.config, "flags": flags})


def test_what_is_the_same_is_inherited(parsed, context):
    assert would_be(parsed, context)


def test_a_changed_file_is_not(parsed, context):
    """Guard: project_files."""
    (parsed.config.project_root / "model.sql").write_text("select 22")
    assert not would_be(parsed, context)


def test_another_environment_is_not(parsed, context, monkeypatch):
    """Guard: env_vars of the manifest."""
    monkeypatch.setenv("SITE", "south")
    assert not would_be(parsed, context)


@pytest.mark.parametrize(("flag", "value"), [("PARTIAL_PARSE", False), ("WARN_ERROR", True), ("WRITE_JSON", True)])
def test_what_is_to_be_parsed_anew_is_not(parsed, context, flag, value):
    """Guard: each flag."""
    setattr(context.obj["flags"], flag, value)
    assert not would_be(parsed, context)
