"""How commands print a result, and how they end where it is one to look at."""

import io
import json
from typing import Any

import click
from rich.console import Console, RenderableType

# Exit code of a command that found differences, duplicates or refused rows: nothing broke, and not all is well.
DIFFERENCES_FOUND = 3

# Columns of a table that goes to a file.
_WIDTH_IN_A_FILE = 120


def print_result(output_format: str, as_json: Any, as_table: RenderableType) -> None:
    """Print a result as `--format` asks for it."""
    if output_format == "json":
        print_json(as_json)
    else:
        Console(highlight=False).print(as_table)


def print_json(result: Any) -> None:
    """Print a result as JSON that people can read."""
    click.echo(json.dumps(result, indent=2, ensure_ascii=False))


def table_text(as_table: RenderableType) -> str:
    """Return a table as plain text, for a file."""
    text = io.StringIO()
    Console(file=text, width=_WIDTH_IN_A_FILE, highlight=False).print(as_table)
    return text.getvalue()
