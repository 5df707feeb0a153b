"""The target `embedded` of profiles.yml is kept right, and nothing else is touched."""

import pytest
import yaml

from harness.dbt_project import REPOSITORY
from onerow.errors import WrongUse
from onerow.server.login import Login
from onerow.server.profile import ProfileState, fill_in, write_profile

LOGIN = Login(port=23456, password="0123abc")
EXAMPLE = (REPOSITORY / "profiles.yml.example").read_text()


def outputs(text):
    return yaml.safe_load(text)["onerow"]["outputs"]


@pytest.fixture
def project_dir(tmp_path):
    """A project folder with the example."""
    (tmp_path / "profiles.yml.example").write_text(EXAMPLE)
    return tmp_path


def test_the_example_becomes_a_profile_that_only_its_owner_can_read(project_dir):
    """Guard: the mode of write_private."""
    assert write_profile(project_dir, LOGIN) is ProfileState.WRITTEN
    profiles = project_dir / "profiles.yml"
    assert profiles.stat().st_mode & 0o777 == 0o600
    embedded = outputs(profiles.read_text())["embedded"]
    assert (embedded["host"], embedded["port"], embedded["password"]) == ("127.0.0.1", 23456, "0123abc")


def test_only_the_values_of_the_embedded_target_change(project_dir):
    """Guard: the splice at the values' own positions; comments and the other target stay to the letter."""
    filled_in = fill_in(EXAMPLE, LOGIN)
    changed = [(old, new) for old, new in zip(EXAMPLE.splitlines(), filled_in.splitlines(), strict=True) if old != new]
    assert [new.strip() for _, new in changed] == ["port: 23456", 'password: "0123abc"']
    assert outputs(filled_in)["server"] == outputs(EXAMPLE)["server"]


def test_a_new_port_is_filled_in_and_the_users_own_changes_stay(project_dir):
    """Guard: UPDATED instead of a second copy of the example."""
    write_profile(project_dir, LOGIN)
    profiles = project_dir / "profiles.yml"
    profiles.write_text(profiles.read_text().replace("threads: 4", "threads: 9  # mine"))
    assert write_profile(project_dir, Login(port=23457, password="0123abc")) is ProfileState.UPDATED
    assert "threads: 9  # mine" in profiles.read_text()
    assert outputs(profiles.read_text())["embedded"]["port"] == 23457


def test_a_profile_that_is_right_is_not_written(project_dir):
    """Guard: the comparison before writing."""
    write_profile(project_dir, LOGIN)
    before = (project_dir / "profiles.yml").stat()
    assert write_profile(project_dir, LOGIN) is ProfileState.UNCHANGED
    assert (project_dir / "profiles.yml").stat().st_ino == before.st_ino


@pytest.mark.parametrize(
    "text", ["", "other: {target: dev}", "onerow: {outputs: {prod: {host: example.org}}}", "- list"]
)
def test_a_profile_without_the_embedded_target_is_left_alone(project_dir, text):
    """Guard: fill_in returns None where there is no such target."""
    (project_dir / "profiles.yml").write_text(text)
    assert write_profile(project_dir, LOGIN) is ProfileState.NOT_OURS
    assert (project_dir / "profiles.yml").read_text() == text


def test_without_an_example_nothing_is_written(tmp_path):
    """Guard: NO_EXAMPLE."""
    assert write_profile(tmp_path, LOGIN) is ProfileState.NO_EXAMPLE
    assert list(tmp_path.iterdir()) == []


def test_a_profile_that_is_not_yaml_is_named(project_dir):
    """Guard: the YAML error becomes WrongUse with the file's name."""
    (project_dir / "profiles.yml").write_text("onerow: [")
    with pytest.raises(WrongUse, match=r"profiles\.yml is not YAML"):
        write_profile(project_dir, LOGIN)
