"""What a plain profiles.yml says, read without dbt, whose start takes longer than a comparison of a million rows.

Plain is a value that is written out, or one whole `{{ env_var('NAME', 'default') | as_number }}`. Of anything else, and
of anything wrong, nothing is said: dbt then reads it, or says what is wrong.
"""

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import yaml

_ALIASES: Final = {"dbname": "database", "pass": "password"}
_TLS: Final = ("sslmode", "sslcert", "sslkey", "sslrootcert")
_TEXTS: Final = frozenset(
    ["type", "host", "user", "password", "database", "schema", "role", "search_path", "application_name", *_TLS]
)
_NUMBERS: Final = frozenset(["port", "connect_timeout", "keepalives_idle", "retries", "threads"])
_NEEDED: Final = frozenset(["host", "user", "password", "port", "database", "schema"])
# What dbt needs to know and a connection of onerow does not.
_OF_DBT: Final = frozenset(["application_name", "retries", "threads"])
_VARIABLE: Final = re.compile(
    r"""\{\{\s*env_var\(\s*(['"])(?P<name>\w+)\1\s*(?:,\s*(['"])(?P<default>[^'"\\{}]*)\3\s*)?\)\s*"""
    r"""(?P<number>\|\s*as_number\s*)?\}\}"""
)


class _NotPlain(Exception):
    pass


@dataclass(frozen=True)
class Credentials:
    """The credentials of a PostgreSQL target, by the names and with the defaults that dbt has."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    database: str
    schema: str
    type: str = "postgres"
    connect_timeout: int = 10
    keepalives_idle: int = 0
    role: str | None = None
    search_path: str | None = None
    sslmode: str | None = None
    sslcert: str | None = None
    sslkey: str | None = None
    sslrootcert: str | None = None


def read_plain(project_dir: Path, profiles_dir: Path, target: str | None) -> tuple[Credentials, dict[str, Any]] | None:
    """Return the credentials of the target and the vars of dbt_project.yml; None if dbt has to read them."""
    try:
        project = _mapping(_load(project_dir / "dbt_project.yml"))
        profile = _mapping(_mapping(_load(profiles_dir / "profiles.yml")).get(_text(project.get("profile"))))
        name = _text(profile.get("target")) if target is None else target
        output = _mapping(_mapping(profile.get("outputs")).get(name))
        variables = _mapping(project.get("vars") or {})
        return Credentials(**_arguments(output)), variables
    except (_NotPlain, OSError, UnicodeDecodeError, yaml.YAMLError):
        return None


def _load(path: Path) -> Any:
    return yaml.load(path.read_text(encoding="utf-8"), getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506


def _arguments(output: dict[str, Any]) -> dict[str, Any]:
    values = {_ALIASES.get(name, name): _value(value) for name, value in output.items()}
    are_known = values.keys() <= _TEXTS | _NUMBERS and len(values) == len(output)
    if not are_known or not values.keys() >= _NEEDED or values.get("type") != "postgres":
        raise _NotPlain
    for name, value in values.items():
        # A bool is an int to Python.
        if type(value) is not (int if name in _NUMBERS else str):
            raise _NotPlain
    return {name: value for name, value in values.items() if name not in _OF_DBT}


def _value(value: Any) -> Any:
    """Render a value as dbt does."""
    if not isinstance(value, str) or not re.search(r"\{[{%#]", value):
        return value
    variable = _VARIABLE.fullmatch(value.strip())
    if not variable:
        raise _NotPlain
    text = os.environ.get(variable["name"], variable["default"])
    if text is None or (variable["number"] and not re.fullmatch(r"[1-9]\d*", text)):
        raise _NotPlain
    return int(text) if variable["number"] else text


def _text(value: Any) -> str:
    rendered = _value(value)
    if not isinstance(rendered, str):
        raise _NotPlain
    return rendered


def _mapping(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _NotPlain
    return value
