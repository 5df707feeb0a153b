"""What a model holds after its loads, and how two such states differ."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import psycopg
from psycopg.sql import SQL, Composed, Identifier

# Columns that onerow adds to a mart: they tell of the loads, not of the thing.
OURS = ("_batch_no", "_field_versions", "_deleted_at")
_COLUMNS = """
select a.attname, format_type(a.atttypid, null)
from pg_attribute as a
where a.attrelid = to_regclass(%s) and a.attnum > 0 and not a.attisdropped
order by a.attname
"""
# One text form for equal values: 1.0 and 1.00 are equal, and json has no order of names.
_CANONICAL = {"numeric": "trim_scale({})::text", "json": "{}::jsonb::text"}


@dataclass(frozen=True)
class State:
    """The rows of a model, as text; equal rows are counted."""

    columns: tuple[str, ...]
    # Those of the columns that make up the key; and those that hold a generated id, one value a row.
    key: tuple[str, ...]
    ids: tuple[str, ...]
    rows: Counter

    @property
    def row_count(self) -> int:
        """How many rows there are."""
        return self.rows.total()

    @property
    def keys(self) -> Counter:
        """How many rows each key has. A key with a NULL is one, too."""
        return self._only(self.key)

    @property
    def contents(self) -> Counter:
        """The rows without generated ids."""
        return self._only([name for name in self.columns if name not in self.ids])

    @property
    def generated(self) -> Counter:
        """The generated ids of each key."""
        return self._only([*self.key, *self.ids])

    def _only(self, names: Sequence[str]) -> Counter:
        positions = [self.columns.index(name) for name in names]
        counted: Counter = Counter()
        for row, count in self.rows.items():
            counted[tuple(row[position] for position in positions)] += count
        return counted


@dataclass(frozen=True)
class Difference:
    """How a state differs from the expected one. Of rows there are the expected ones, then those that came."""

    columns: tuple[str, ...]
    row_count: tuple[int, int]
    key_count: tuple[int, int]
    contents_equal: bool
    ids_equal: bool
    missing: list[tuple[str | None, ...]]
    unexpected: list[tuple[str | None, ...]]


def read_state(
    connection: psycopg.Connection,
    relation: Identifier,
    *,
    key: Sequence[str],
    ignored: Sequence[str],
    ids: Sequence[str] = (),
) -> State:
    """Read what a relation holds, without the columns that are ignored."""
    found = connection.execute(_COLUMNS, [relation.as_string(connection)]).fetchall()
    compared = [(name, data_type) for name, data_type in found if name not in ignored and name not in OURS]
    types = dict(sorted(compared, key=lambda column: column[0] not in key))  # the key first, as people read it
    texts = SQL(", ").join(_text(name, data_type) for name, data_type in types.items())
    rows = Counter(connection.execute(SQL("select {} from {}").format(texts, relation)).fetchall())
    kept = [name for name in key if name in types]
    return State(tuple(types), tuple(kept), tuple(name for name in ids if name in types), rows)


def times_of_loading(connection: psycopg.Connection, relation: Identifier, started_at: str) -> list[str]:
    """Return the columns whose every value is a time since the proof began: no delivered row can hold that."""
    found = connection.execute(_COLUMNS, [relation.as_string(connection)]).fetchall()
    names = [name for name, data_type in found if data_type == "timestamp with time zone"]
    query = SQL("select bool_and({} between %s::timestamptz and clock_timestamp()) from {}")
    return [
        name
        for name in names
        if connection.execute(query.format(Identifier(name), relation), [started_at]).fetchone() == (True,)
    ]


def generated_ids(state: State, delivered: Sequence[str]) -> list[str]:
    """Return the columns that hold another value in each row, and that nobody delivers."""
    found = []
    for position, name in enumerate(state.columns):
        values = {row[position] for row in state.rows}
        if name not in delivered and None not in values and len(values) == state.row_count > 1:
            found.append(name)
    return found


def compare(expected: State, got: State) -> Difference | None:
    """Return how a state differs from the expected one, or None if it is the same."""
    same_columns = expected.columns == got.columns
    contents_equal = same_columns and expected.contents == got.contents
    ids_equal = same_columns and expected.generated == got.generated
    if contents_equal and ids_equal:
        return None
    columns = tuple(dict.fromkeys((*expected.columns, *got.columns)))
    before, after = _widened(expected, columns), _widened(got, columns)
    return Difference(
        columns=columns,
        row_count=(expected.row_count, got.row_count),
        key_count=(len(expected.keys), len(got.keys)),
        contents_equal=contents_equal,
        ids_equal=ids_equal,
        missing=_sorted(before - after),
        unexpected=_sorted(after - before),
    )


def repeated_keys(state: State) -> Difference | None:
    """Return the rows beyond one a key, or None if each key is one row."""
    if not state.key:
        return None
    seen: set[tuple] = set()
    surplus: Counter = Counter()
    positions = [state.columns.index(name) for name in state.key]
    for row in _sorted(state.rows):
        key = tuple(row[position] for position in positions)
        if key in seen:
            surplus[row] += 1
        seen.add(key)
    if not surplus:
        return None
    counts = (len(state.keys), state.row_count), (len(state.keys), len(state.keys))
    return Difference(state.columns, *counts, False, True, [], _sorted(surplus))


def _widened(state: State, columns: Sequence[str]) -> Counter:
    """Return the rows as rows of these columns."""
    positions = [state.columns.index(name) if name in state.columns else None for name in columns]
    counted: Counter = Counter()
    for row, count in state.rows.items():
        counted[tuple(None if position is None else row[position] for position in positions)] += count
    return counted


def _sorted(rows: Counter) -> list[tuple[str | None, ...]]:
    # NULL before every text.
    return sorted(rows.elements(), key=lambda row: [(value is not None, value or "") for value in row])


def _text(name: str, data_type: str) -> Composed:
    return SQL(_CANONICAL.get(data_type, "{}::text")).format(Identifier(name))
