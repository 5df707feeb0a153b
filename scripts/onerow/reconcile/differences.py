"""Compare the tables `source` and `destination` in DuckDB by key: figures, and samples of what differs."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

from onerow.duckdb_sql import literal
from onerow.reconcile.checksums import EqualRows
from onerow.reconcile.engine import Engine
from onerow.reconcile.matched import Matched
from onerow.reconcile.request import Comparison
from onerow.reconcile.values import differs

# What a key can be that is not equal on both sides. `recent` is any of the others that is younger than minimum_age.
MISSING: Final = "missing_keys"
UNEXPECTED: Final = "unexpected_keys"
WITHDRAWN: Final = "withdrawn_keys"
MODIFIED: Final = "modified_rows"
RECENT: Final = "recent_rows"
SIDES: Final = ("source", "destination")
_CHUNK: Final = 10_000


@dataclass(frozen=True)
class Counts:
    """Rows of one side, its keys without NULL, keys that it has more than once, and rows of which a key is NULL."""

    rows: int
    keys: int
    duplicate_keys: int
    null_rows: int


class Differences:
    """The answer to what differs, as tables of DuckDB: `differing` has a row a key that is not equal on both sides."""

    def __init__(self, engine: Engine, comparison: Comparison, matched: Matched, equal: EqualRows, taken_at: datetime):
        """Compare.

        Raises:
            ComparisonFailed: the memory limit, or the disk under the temporary folder, is too small.
        """
        self._engine = engine
        self._comparison = comparison
        self._matched = matched
        self._equal = equal
        self._keys = [column.alias for column in matched.key]
        self._has_null = f"({' or '.join(f'{key} is null' for key in self._keys)})"
        self.youngest = taken_at - comparison.minimum_age if comparison.minimum_age else None
        for side in SIDES:
            self._fold(side)
        self._compare()
        self._settle_json()
        self._judge()

    def counts(self, side: str) -> Counts:
        """Return the counts of one side as a whole."""
        [(rows, null_rows, keys, duplicates)] = self._run(
            f"select (select count(*) from {side}), (select count(*) from {side} where {self._has_null}),"
            f" (select count(*) from {side}_by_key), (select count(*) from {side}_repeated)"
        )
        equal = self._equal.count
        return Counts(rows + equal, keys + equal, duplicates, null_rows)

    def counts_by_window(self, side: str) -> dict[datetime, Counts]:
        """Return the counts of one side for each of its windows. Rows without a time are in none."""
        windows = {
            start: [rows, keys, 0, null_rows]
            for start, rows, keys, null_rows in self._run(
                f"select {self._window('w')}, count(*), count(distinct ({', '.join(self._keys)}))"
                f" filter (not {self._has_null}), count(*) filter ({self._has_null})"
                f" from {side} where w is not null group by 1"
            )
        }
        for start, duplicates in self._run(
            f"select {self._window('w')}, count(*) from {side}_repeated where w is not null group by 1"
        ):
            windows[start][2] = duplicates
        for start, equal in self._equal.by_window.items():
            counts = windows.setdefault(start.astimezone(UTC).replace(tzinfo=None), [0, 0, 0, 0])
            counts[0] += equal
            counts[1] += equal
        return {start.replace(tzinfo=UTC): Counts(*counts) for start, counts in windows.items()}

    def states(self) -> dict[str, int]:
        """Return the number of keys of each state, those that are equal left out."""
        return dict(self._run("select state, count(*) from differing group by state"))

    def identical_rows(self) -> int:
        """Return the number of keys that have an equal row on both sides."""
        [(unequal,)] = self._run("select count(*) from differing where not is_unexpected")
        return self.counts("source").keys - unequal

    def states_by_window(self) -> dict[tuple[datetime, str], int]:
        """Return the same for each window, that of the side which has the row, of both that of the source."""
        rows = self._run(
            f"select {self._window('coalesce(s_w, d_w)')}, state, count(*) from differing"
            " where coalesce(s_w, d_w) is not null group by 1, 2"
        )
        return {(start.replace(tzinfo=UTC), state): count for start, state, count in rows}

    def modified_values(self) -> dict[str, int]:
        """Return how many rows each column is modified in, of all compared ones."""
        columns = self._matched.compared
        if not columns:
            return {}
        counts = ", ".join(f"count(*) filter (x_{column.alias})" for column in columns)
        [row] = self._run(f"select {counts} from differing where state = {literal(MODIFIED)}")
        return {column.name: count for column, count in zip(columns, row, strict=True)}

    def samples(self, state: str, limit: int) -> list[dict[str, Any]]:
        """Return the first keys of a state; of modified rows a sample a column, with its values on both sides."""
        order = ", ".join(self._keys)
        if state != MODIFIED:
            keys = self._run(
                f"select {order} from differing where state = {literal(state)} order by {order} limit {limit}"
            )
            return [{"natural_key": self._natural_key(key)} for key in keys]
        values = ", ".join(f"x_{each.alias}, s_{each.alias}, d_{each.alias}" for each in self._matched.compared)
        samples = []
        for row in self._run(
            f"select {order}, {values} from differing where state = {literal(state)} order by {order} limit {limit}"
        ):
            key, rest = row[: len(self._keys)], row[len(self._keys) :]
            for number, column in enumerate(self._matched.compared):
                is_modified, source, destination = rest[3 * number : 3 * number + 3]
                if is_modified:
                    sample = {"natural_key": self._natural_key(key), "column": column.name}
                    samples.append({**sample, "source": _plain(source), "destination": _plain(destination)})
        return samples

    def repeated(self, limit: int) -> list[dict[str, Any]]:
        """Return the first keys that a side has more than once, and how often each side has them."""
        return self._of_both("{side}_repeated", "row_count", limit)

    def nulls(self, limit: int) -> list[dict[str, Any]]:
        """Return the first keys of which a part is NULL, and how often each side has them."""
        of_side = f"(select *, 1 as row_count from {{side}} where {self._has_null})"
        return self._of_both(of_side, "row_count", limit)

    def _of_both(self, of_side: str, count: str, limit: int) -> list[dict[str, Any]]:
        keys = ", ".join(self._keys)
        both = " union all ".join(
            f"select {keys}, {count} * {int(side == 'source')} as s, {count} * {int(side == 'destination')} as d"
            f" from {of_side.format(side=side)}"
            for side in SIDES
        )
        rows = self._run(
            f"select {keys}, sum(s)::bigint, sum(d)::bigint from ({both}) group by {keys} order by {keys} limit {limit}"
        )
        return [
            {"natural_key": self._natural_key(key), "source_rows": source, "destination_rows": destination}
            for *key, source, destination in rows
        ]

    def _fold(self, side: str) -> None:
        """Make {side}_repeated, a row a key that the side has more than once, and {side}_by_key, a row a key."""
        keys = ", ".join(self._keys)
        window = "min(w)" if self._matched.window else "null::timestamp"
        self._run(
            f"create table {side}_repeated as select {keys}, count(*) as row_count, {window} as w from {side}"
            f" where not {self._has_null} group by {keys} having count(*) > 1"
        )
        first = ""
        if self._run(f"select exists (from {side}_repeated)") == [(True,)]:
            order = ", ".join(column.alias for column in self._matched.compared) or keys
            first = f" qualify row_number() over (partition by {keys} order by {order}) = 1"
        kind = "table" if first else "view"
        self._run(f"create {kind} {side}_by_key as select * from {side} where not {self._has_null}{first}")

    def _compare(self) -> None:
        tolerance = self._comparison.normalisations.tolerance
        same_key = " and ".join(f"s.{key} = d.{key}" for key in self._keys)
        conditions = {
            column.alias: differs(f"s.{column.alias}", f"d.{column.alias}", column.common, tolerance.get(column.name))
            for column in self._matched.compared
        }
        one_sided = [f"s.{self._keys[0]} is null", f"d.{self._keys[0]} is null"]
        selected = [
            *(f"coalesce(s.{key}, d.{key}) as {key}" for key in self._keys),
            f"{one_sided[0]} as is_unexpected",
            f"{one_sided[1]} as is_missing",
            *(f"{condition} as x_{alias}" for alias, condition in conditions.items()),
            *(f"s.{alias} as s_{alias}, d.{alias} as d_{alias}" for alias in conditions),
            "s.w as s_w, d.w as d_w" if self._matched.window else "null::timestamp as s_w, null::timestamp as d_w",
            "d.v as d_v" if self._comparison.is_full_extract else "null as d_v",
        ]
        self._run(
            f"create table differing as select {', '.join(selected)} from source_by_key as s"
            f" full join destination_by_key as d on {same_key} where {' or '.join([*one_sided, *conditions.values()])}"
        )

    def _settle_json(self) -> None:
        """Take JSON of unlike text and equal value for equal."""
        for alias in (column.alias for column in self._matched.compared if column.common.kind == "json"):
            cursor = self._engine.connection.cursor()
            query = f"select rowid, s_{alias}, d_{alias} from differing where x_{alias} and not is_missing"
            cursor.execute(f"{query} and not is_unexpected")
            while rows := cursor.fetchmany(_CHUNK):
                equal = [number for number, source, destination in rows if _is_same_json(source, destination)]
                self._run(f"update differing set x_{alias} = false where rowid in (select unnest(?))", [equal])

    def _judge(self) -> None:
        """Give each differing key its state."""
        modified = " or ".join(f"x_{column.alias}" for column in self._matched.compared) or "false"
        withdrawn = "d_v <= (select v from newest)" if self._comparison.is_full_extract else "false"
        youngest = f"timestamp {literal(_utc(self.youngest))}" if self.youngest else "null"
        self._run(f"delete from differing where not (is_missing or is_unexpected or {modified})")
        self._run("alter table differing add column state varchar")
        self._run(
            f"update differing set state = case when greatest(s_w, d_w) > {youngest} then '{RECENT}'"
            f" when is_missing then '{MISSING}' when is_unexpected and {withdrawn} then '{WITHDRAWN}'"
            f" when is_unexpected then '{UNEXPECTED}' else '{MODIFIED}' end"
        )

    def _window(self, time: str) -> str:
        assert self._comparison.window is not None  # noqa: S101 - who asks for windows has named a column
        return f"date_trunc({literal(self._comparison.window.grain)}, {time})::timestamp"

    def _natural_key(self, values: Any) -> dict[str, Any]:
        return {column.name: _plain(value) for column, value in zip(self._matched.key, values, strict=True)}

    def _run(self, query: str, values: list[Any] | None = None) -> list[tuple[Any, ...]]:
        return self._engine.run("DuckDB", query, values)


def _utc(time: datetime) -> str:
    return time.astimezone(UTC).replace(tzinfo=None).isoformat(" ")


def _plain(value: Any) -> Any:
    """Return a value as JSON can hold it: times in ISO 8601, what is no number of JSON's as a text."""
    if isinstance(value, datetime):
        return value.isoformat(" ")
    return value if isinstance(value, bool | int | str | None) else str(value)


def _is_same_json(one: str | None, other: str | None) -> bool:
    """Tell whether two texts are the same JSON value. Numbers are compared by value, members in any order."""
    if one is None or other is None:
        return one is other
    try:
        return _tagged(json.loads(one, parse_float=Decimal)) == _tagged(json.loads(other, parse_float=Decimal))
    except (ValueError, RecursionError):
        return False


def _tagged(value: Any) -> Any:
    """Tell true from 1, which are equal in Python."""
    if isinstance(value, dict):
        return {name: _tagged(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_tagged(each) for each in value]
    return ("boolean", value) if isinstance(value, bool) else value
