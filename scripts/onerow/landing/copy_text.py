"""The text format of COPY: a line a row, values parted by tabs, NULL as \\N."""

from collections.abc import Sequence

_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def copy_line(values: Sequence[str | None]) -> str:
    """Return one row in the text format of COPY. Values must not hold NUL, which no text of PostgreSQL holds."""
    delivered = "".join(filter(None, values))
    # Most rows hold nothing to escape. isprintable() tells fast: control characters are not printable.
    if delivered.isprintable() and "\\" not in delivered:
        return "\t".join(["\\N" if value is None else value for value in values]) + "\n"
    return "\t".join(["\\N" if value is None else value.translate(_ESCAPES) for value in values]) + "\n"
