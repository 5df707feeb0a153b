"""What a terminal is sent: text that cannot move its cursor, and the one look of our tables."""

import json
from datetime import datetime
from typing import Any

from rich.table import Table

# Of several delivered lines each is shown this far; of one, all of it.
_RAW = 200


def printable(text: str) -> str:
    """Return a text in a form that cannot move the cursor or change colours, whatever was delivered."""
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text)


def quoted(value: Any) -> str:
    """Return a value in quotes, so that blanks at its edges are seen, or NULL."""
    return "NULL" if value is None else printable(json.dumps(value, ensure_ascii=False))


def named_values(values: dict[str, Any]) -> str:
    """Return a record, such as a natural key, as name=value pairs."""
    return ", ".join(f"{printable(name)}={quoted(value)}" for name, value in values.items())


def shortened(raw: str) -> str:
    """Return the start of a delivered line."""
    return raw if len(raw) <= _RAW else f"{raw[:_RAW]}..."


def utc(time: datetime, precision: str = "seconds") -> str:
    """Return a time, which is in UTC, without its zone."""
    return time.replace(tzinfo=None).isoformat(" ", precision)


def counted(count: int, noun: str) -> str:
    """Return a number of things in words."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def table(**options: Any) -> Table:
    """Return a table without lines."""
    return Table(**{"box": None, "pad_edge": False, "padding": (0, 3, 0, 0), "header_style": "dim", **options})
