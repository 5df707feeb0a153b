"""Read JSON Lines into rows. Values become the text that the sender wrote: no number ever passes through a float."""

import json
from collections.abc import Iterator
from typing import Any

from onerow.landing.records import NUL_CHARACTER, Malformed, Row, without_line_end
from onerow.project.contract import Source


class _NumberText(str):
    """A number as it was written."""

    __slots__ = ()


class _Unreadable(ValueError):
    """Carries a detail of Malformed out of the decoder's hooks."""


class JsonRecords:
    """The rows and malformed lines of a JSON Lines file: one object a line, blank lines are skipped.

    `unexpected_columns` grows while the file is read. Columns may lack in an object: missing are those that none names.
    """

    def __init__(self, lines: Iterator[str], source: Source):
        self._lines = lines
        self._columns = source.column_names
        self.unexpected_columns: list[str] = []
        self._not_seen = set(self._columns)
        self._any_read = False

    @property
    def missing_columns(self) -> list[str]:
        """Columns of the contract that no object has named so far; none before there is an object."""
        return [name for name in self._columns if name in self._not_seen] if self._any_read else []

    def __iter__(self) -> Iterator[Row | Malformed]:
        """Yield each object."""
        known = frozenset(self._columns)
        for line_number, line in enumerate(self._lines, start=1):
            if not line.strip(" \t\r\n"):
                continue
            try:
                delivered = _decode(line)
            except _Unreadable as unreadable:
                yield Malformed(line_number, str(unreadable), without_line_end(line))
                continue
            self._any_read = True
            if self._not_seen:
                self._not_seen.difference_update(delivered)
            values = [delivered.get(name) for name in self._columns]
            unexpected = None
            if not delivered.keys() <= known:
                unexpected = {name: value for name, value in delivered.items() if name not in known}
                self.unexpected_columns += [name for name in unexpected if name not in self.unexpected_columns]
            yield Row(line_number, values, unexpected)


def _decode(line: str) -> dict[str, str | None]:
    """Return the text of each value of one object; null is None.

    Raises:
        _Unreadable: the line is no object that can be landed; the message is a detail of Malformed.
    """
    try:
        decoded = _DECODER.decode(line)
        if not isinstance(decoded, dict):
            raise _Unreadable("not a JSON object")
        texts = {
            name: value if value is None or value.__class__ is str else _text(value) for name, value in decoded.items()
        }
    except json.JSONDecodeError as error:
        raise _Unreadable(f"not valid JSON, column {error.colno}: {error.msg}") from None
    except RecursionError:
        raise _Unreadable("nested too deeply") from None
    if "\\u" in line:
        # Only an escape can bring in a character that PostgreSQL cannot hold: the line itself is valid UTF-8.
        _refuse_unstorable(texts)
    return texts


def _text(value: Any) -> str:
    """Return a value as the text that lands: numbers verbatim, objects and arrays as compact JSON."""
    return value if isinstance(value, str) else _json(value)


def _json(value: Any) -> str:
    if isinstance(value, _NumberText):
        return value
    if isinstance(value, dict):
        return "{" + ",".join(f"{_json(name)}:{_json(item)}" for name, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_json, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def _refuse_unstorable(texts: dict[str, str | None]) -> None:
    for text in (*texts.keys(), *texts.values()):
        if text is None:
            continue
        if "\0" in text:
            raise _Unreadable(NUL_CHARACTER)
        try:
            text.encode()
        except UnicodeEncodeError:
            raise _Unreadable("half of a surrogate pair") from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    named = dict(pairs)
    if len(named) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise _Unreadable(f"duplicate name {json.dumps(twice)}")
    return named


def _constant(name: str) -> None:
    raise _Unreadable(f"{name} is not JSON")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_int=_NumberText, parse_float=_NumberText, parse_constant=_constant
)
