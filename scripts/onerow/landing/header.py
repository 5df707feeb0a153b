"""The names of a file's columns, as a header or a schema gives them, against the contract."""

from collections.abc import Sequence

from onerow.project.contract import Source


class HeaderRefused(ValueError):
    """The columns of a file cannot be matched with the contract. The message names what is wrong."""


def refuse_header(header: Sequence[str], source: Source, where: str) -> None:
    """Refuse a header that does not name each column once, or lacks a part of the natural key.

    Raises:
        HeaderRefused: its message begins with `where`, such as "line 1: the header".
    """
    if "" in header:
        raise HeaderRefused(f"{where} has no name for column {header.index('') + 1}")
    twice = sorted({name for name in header if header.count(name) > 1})
    if twice:
        raise HeaderRefused(f"{where} names a column twice: {', '.join(twice)}")
    missing = [name for name in source.natural_key if name not in header]
    if missing:
        raise HeaderRefused(
            f"{where} lacks {', '.join(missing)} of the natural key of {source.name}. "
            f"Delivered: {', '.join(header)}. Expected: {', '.join(source.column_names)}"
        )
