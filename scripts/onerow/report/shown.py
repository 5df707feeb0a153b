"""How values are written in the HTML report. Escaping is the template's."""

from datetime import datetime
from typing import Any

from onerow.terminal import printable, quoted, utc

_MINUS = "\N{MINUS SIGN}"


def count(value: int | float | None) -> str:
    """Return a number with separators; nothing where there is none."""
    if value is None:
        return ""
    return f"{value:,.1f}".removesuffix(".0") if isinstance(value, float) else f"{value:,}"


def signed(value: int | float | None) -> str:
    """Return a change with its sign, which zero has not."""
    if not value:
        return count(value)
    return f"{'+' if value > 0 else _MINUS}{count(abs(value))}"


def words(name: str) -> str:
    """Return a name of the SQL as words."""
    return printable(name).replace("_", " ").replace("null", "NULL").strip()


def heading(name: str) -> str:
    """Return a name of the SQL as words that begin with a capital letter."""
    text = words(name)
    return text[:1].upper() + text[1:]


def when(time: datetime) -> str:
    """Return a time, which is in UTC."""
    return f"{utc(time, 'minutes')} UTC"


def window(start: datetime) -> str:
    """Return the start of a window: the day, and the time where it is not midnight."""
    text = utc(start, "minutes")
    return text.removesuffix(" 00:00")


def value(any_value: Any) -> str:
    """Return a value of a sample as text: numbers as they are, all else in quotes, so that blanks at edges are seen."""
    return str(any_value) if isinstance(any_value, int | float) else quoted(any_value)


def is_changes(sample: Any) -> bool:
    """Tell whether a value of a sample is what differs, column by column, on both sides."""
    return (
        isinstance(sample, dict)
        and bool(sample)
        and all(isinstance(each, dict) and set(each) == {"source", "destination"} for each in sample.values())
    )
