"""What a parser makes of a delivered file: rows and malformed lines, in the order of the file."""

from typing import Final, NamedTuple

# Longest line in bytes, and longest record of several lines in characters. Bounds memory however a file is broken.
RECORD_LIMIT: Final = 16 * 1024 * 1024
# Most lines that one record may span: a quote that is never closed gives up here at the latest.
RECORD_LINES_LIMIT: Final = 100_000


class Row(NamedTuple):
    """One delivered row: every value is the sender's text, None where there is none."""

    # Physical line on which the row begins, counted from 1.
    line_number: int
    # In the order of the contract's columns.
    values: list[str | None]
    # Columns that the contract does not know, by name. None where there are none.
    unexpected: dict[str, str | None] | None


class Malformed(NamedTuple):
    """A line, or a record of several lines, that cannot be read as a row."""

    line_number: int
    # What is wrong, such as "expected 6 fields, found 5". docs/reference/landing.md lists them.
    detail: str
    # The text as delivered, without its line end.
    raw: str


NUL_CHARACTER: Final = "NUL character"


def without_line_end(text: str) -> str:
    """Return a line without its LF or CRLF."""
    return text.removesuffix("\n").removesuffix("\r")
