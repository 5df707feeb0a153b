"""The target `embedded` of profiles.yml: `onerow server start` writes it so that plain dbt commands find the server."""

import json
from enum import Enum
from pathlib import Path

import yaml

from onerow.errors import WrongUse
from onerow.server.login import Login, write_private

_TARGET = ("onerow", "outputs", "embedded")
_FILLED_IN = ("host", "port", "user", "password", "dbname")


class ProfileState(Enum):
    """What became of profiles.yml."""

    WRITTEN = "written from profiles.yml.example"
    UPDATED = "updated: the target embedded had other values"
    UNCHANGED = "up to date"
    NOT_OURS = "left alone: its profile onerow has no target embedded"
    NO_EXAMPLE = "not written: there is no profiles.yml.example with a target embedded"


def write_profile(project_dir: Path, login: Login) -> ProfileState:
    """Make the target `embedded` of profiles.yml point at the server; the rest of the file stays as it is.

    Raises:
        WrongUse: the file is not YAML.
    """
    profiles, example = project_dir / "profiles.yml", project_dir / "profiles.yml.example"
    is_new = not profiles.exists()
    if is_new and not example.exists():
        return ProfileState.NO_EXAMPLE
    source = example if is_new else profiles
    text = source.read_text(encoding="utf-8")
    try:
        filled_in = fill_in(text, login)
    except yaml.YAMLError as error:
        raise WrongUse(f"{source} is not YAML: {error}") from error
    if filled_in is None:
        return ProfileState.NO_EXAMPLE if is_new else ProfileState.NOT_OURS
    if filled_in == text and not is_new:
        return ProfileState.UNCHANGED
    write_private(profiles, filled_in)
    return ProfileState.WRITTEN if is_new else ProfileState.UPDATED


def fill_in(text: str, login: Login) -> str | None:
    """Replace the values of the target `embedded` and nothing else: comments stay. None if there is no such target."""
    node = yaml.compose(text, Loader=yaml.SafeLoader)
    for name in _TARGET:
        node = _children(node).get(name)
    values = _children(node)
    if not set(_FILLED_IN) <= values.keys():
        return None
    # From the end to the beginning, so that the positions before stay right.
    for name in sorted(_FILLED_IN, key=lambda name: values[name].start_mark.index, reverse=True):
        value = values[name]
        wanted = getattr(login, name)
        if value.value != str(wanted):
            text = text[: value.start_mark.index] + json.dumps(wanted) + text[value.end_mark.index :]
    return text


def _children(node: yaml.Node | None) -> dict[str, yaml.Node]:
    return {key.value: value for key, value in node.value} if isinstance(node, yaml.MappingNode) else {}
