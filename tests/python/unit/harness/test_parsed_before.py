"""What is not parsed again is what would be parsed."""

from types import SimpleNamespace

import pytest

from harness.parsed_before import Parsed, may_be_taken, project_files, would_be


@pytest.fixture
def parsed(tmp_path, monkeypatch):
    """A project of one model as it was parsed, with an environment variable."""
    (tmp_path / "model.sql").write_text("select 1")
    monkeypatch.setenv("SITE", "north")
    config = SimpleNamespace(project_root=tmp_path, credentials="c", target_name="t", cli_vars={})
    return Parsed(config, project_files(tmp_path), SimpleNamespace(env_vars={"SITE": "north"}), None)


def is_known(parsed, **settings):
    config = SimpleNamespace(**{**vars(parsed.config), **settings})
    return would_be(parsed, config, project_files(parsed.config.project_root))


def test_what_is_the_same_is_known(parsed):
    assert is_known(parsed)


@pytest.mark.parametrize("setting", ["project_root", "credentials", "target_name", "cli_vars"])
def test_what_another_setting_would_be_is_not(parsed, setting):
    """Guard: each of the settings."""
    assert not is_known(parsed, **{setting: "another"})


def test_a_changed_file_is_not(parsed):
    """Guard: project_files."""
    (parsed.config.project_root / "model.sql").write_text("select 22")
    assert not is_known(parsed)


def test_another_environment_is_not(parsed, monkeypatch):
    """Guard: env_vars of the manifest."""
    monkeypatch.setenv("SITE", "south")
    assert not is_known(parsed)


@pytest.mark.parametrize(("flag", "value"), [("PARTIAL_PARSE", False), ("WARN_ERROR", True), ("WRITE_JSON", True)])
def test_what_is_to_be_parsed_anew_is(flag, value):
    """Guard: each flag."""
    usual = {"PARTIAL_PARSE": True, "WARN_ERROR": False, "WRITE_JSON": False}
    assert may_be_taken(SimpleNamespace(**usual))
    assert not may_be_taken(SimpleNamespace(**{**usual, flag: value}))
