"""The text by which PostgreSQL orders the contents of two rows, written out again."""

from collections.abc import Sequence

_ESCAPES = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def content(values: Sequence[str | None]) -> str:
    """Return `jsonb_build_array(...)::text` of text values. Python compares it by code point, as collation C does."""
    return "[" + ", ".join("null" if value is None else f'"{_escaped(value)}"' for value in values) + "]"


def _escaped(text: str) -> str:
    return "".join(_ESCAPES.get(char) or (f"\\u{ord(char):04x}" if char < " " else char) for char in text)
