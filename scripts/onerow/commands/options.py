"""Options that several commands share."""

import functools
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click
import psycopg

from onerow.errors import CutShort
from onerow.project.project import Project

_FOLDER = click.Path(path_type=Path, file_okay=False)


class Timestamp(click.ParamType):
    """A time in ISO 8601. Without a zone it is UTC."""

    name = "timestamp"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Parse the time."""
        try:
            parsed = datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is not a time in ISO 8601, such as 2026-05-01 or 2026-05-01T06:00:00Z", param, ctx)
        return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)


class WebAddress(click.ParamType):
    """The address of a web server. It may carry a secret, so no message repeats it."""

    name = "url"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Check scheme and host."""
        try:
            parts = urlsplit(value)
            is_address = parts.scheme in ("http", "https") and bool(parts.hostname)
        except ValueError:
            is_address = False
        if not is_address:
            self.fail("not an address that begins with http:// or https:// and names a host", param, ctx)
        return value


def pass_project(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command dbt's own options for project, profile and target, and pass it the Project they name."""

    @click.option(
        "--project-dir", type=_FOLDER, default=Path(), help="Folder of dbt_project.yml; the current one by default."
    )
    @click.option("--profiles-dir", type=_FOLDER, help="Folder of profiles.yml; the project's, else ~/.dbt.")
    @click.option("--target", help="Target of the dbt profile.")
    @functools.wraps(command)
    def with_project(project_dir: Path, profiles_dir: Path | None, target: str | None, **arguments: Any) -> Any:
        try:
            return command(Project(project_dir.absolute(), profiles_dir, target), **arguments)
        except psycopg.OperationalError as error:  # of any statement; jobs name what they know more about
            raise CutShort(str(error).strip()) from error

    return with_project


def pass_format(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command `--format table|json`, as the argument `output_format`."""
    option = click.option(
        "--format",
        "output_format",
        type=click.Choice(["table", "json"]),
        default="table",
        show_default=True,
        help="How to print the result.",
    )
    return option(command)
