"""Which rows of two relations may differ: each server adds up the hashes of its rows in buckets by key."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import psycopg
from psycopg import sql

from onerow.errors import ComparisonFailed
from onerow.reconcile.engine import Engine
from onerow.reconcile.kinds import Type
from onerow.reconcile.matched import Matched
from onerow.reconcile.opened import OpenRelation, OpenSide
from onerow.reconcile.request import Comparison
from onerow.reconcile.row_hash import row_hash

# A power of two. Of 2 million rows with 150 differences 7% is fetched; eight times as many buckets take PostgreSQL
# twice as long to add up: they do not fit into the processor's cache.
_BUCKETS: Final = 2_048
# Above this share of differing buckets a filter costs more than it saves.
_MOST: Final = 0.5

_CHECKSUMS: Final = """
    select {bucket} as bucket, count(*) as row_count, sum({row})::text as checksum,
        count(*) filter (where {has_null}) as null_rows
    from {relation} group by 1
"""
_REPEATED: Final = """
    select distinct bucket from (
        select {bucket} as bucket from {relation} where not ({has_null}) group by {key_hash} having count(*) > 1
    ) as repeated
"""
_BY_WINDOW: Final = """
    select date_trunc({grain}, {window}::timestamptz, 'UTC') as window_start, count(*) as row_count
    from {relation} where not {bucket} = any({buckets}) group by 1
"""


@dataclass(frozen=True)
class EqualRows:
    """Rows, a row a key, that are equal on both sides and need not be fetched: in all, and by the start of a window."""

    count: int = 0
    by_window: dict[datetime, int] = field(default_factory=dict)


@dataclass(frozen=True)
class HashedRelation:
    """A relation with the hash of its keys and of its rows, such that rows which hash alike are equal."""

    side: OpenRelation
    key_hash: sql.Composable
    row_hash: sql.Composable
    has_null: sql.Composable

    def in_buckets(self, buckets: list[int]) -> str:
        """Return PostgreSQL's condition on a row: it is in one of these buckets."""
        return self._query("{bucket} = any({buckets})", buckets=_array(buckets)) if buckets else "false"

    def sums(self, key: tuple[str, ...]) -> tuple[dict[int, tuple[Any, ...]], set[int]]:
        """Return the checksum of each bucket, and the buckets that may have a fault whatever the other side has.

        Raises:
            ComparisonFailed: the relation cannot be read.
        """
        by_bucket = {bucket: tuple(figures) for bucket, *figures in self._ask(_CHECKSUMS)}
        # Keys that both sides have twice are in equal buckets, and a difference all the same; so are NULL keys.
        suspects = {bucket for bucket, (*_, null_rows) in by_bucket.items() if null_rows}
        if not self.side.is_unique(key):
            suspects |= {bucket for (bucket,) in self._ask(_REPEATED)}
        return by_bucket, suspects

    def count_by_window(self, engine: Engine, column: str, grain: str, without: list[int]) -> dict[datetime, int]:
        """Return the rows of each window, but for those of some buckets.

        Raises:
            ComparisonFailed: the relation cannot be read.
        """
        parts = {"grain": sql.Literal(grain), "window": sql.Identifier(column), "buckets": _array(without)}
        query = f"from {self.side.table_function(self._query(_BY_WINDOW, **parts))}"
        return dict(engine.run(str(self.side.side), query, on=self.side.cursor))  # type: ignore[arg-type]

    def _ask(self, template: str) -> list[tuple[Any, ...]]:
        try:
            # Not through DuckDB, which burns a processor while it waits for an answer.
            return self.side.lock.execute(self._query(template)).fetchall()  # type: ignore[arg-type]
        except psycopg.Error as error:
            raise ComparisonFailed(str(self.side.side), str(error).strip()) from None

    def _query(self, template: str, **more: sql.Composable) -> str:
        bucket = sql.SQL("({} & {})").format(self.key_hash, sql.Literal(_BUCKETS - 1))
        parts = {"bucket": bucket, "key_hash": self.key_hash, "row": self.row_hash, "has_null": self.has_null}
        return sql.SQL(template).format(relation=self.side.identifier, **parts, **more).as_string(self.side.lock)


def hashed(side: OpenSide, comparison: Comparison, matched: Matched) -> HashedRelation | None:
    """Return how to hash a side; None for files, and where what is compared cannot be told from hashes."""
    if not isinstance(side, OpenRelation) or comparison.normalisations.columns & set(comparison.key):
        return None
    # Of several states of one key only the newest counts, which is known after folding.
    if side.name == "source" and comparison.version and not side.is_unique(comparison.key):
        return None
    key = [(column.name, column.common) for column in matched.key]
    compared = [*matched.compared, *([matched.window] if matched.window else [])]
    of_row = row_hash([*key, *((column.name, column.common) for column in compared)])
    of_key = _key_hash(key)
    if of_row is None or of_key is None:
        return None
    nulls = [sql.SQL("{} is null").format(sql.Identifier(name)) for name, _ in key]
    return HashedRelation(side, of_key, of_row, sql.SQL(" or ").join(nulls))


def find_equal_rows(
    engine: Engine, comparison: Comparison, source: HashedRelation, destination: HashedRelation
) -> tuple[EqualRows, list[int] | None]:
    """Return what is equal, and the buckets that have to be fetched: None if that is so many that all may be.

    Raises:
        ComparisonFailed: a relation cannot be read.
    """
    of = {each.side.name: each for each in (source, destination)}
    (here, some), (there, others) = on_both(
        (source.side, destination.side), lambda side: of[side.name].sums(comparison.key)
    )
    every = here.keys() | there.keys()
    differing = sorted(some | others | {bucket for bucket in every if here.get(bucket) != there.get(bucket)})
    if len(differing) > _MOST * len(every):
        return EqualRows(), None
    count = sum(row_count for bucket, (row_count, *_) in here.items() if bucket not in set(differing))
    window = comparison.window
    by_window = source.count_by_window(engine, window.column, window.grain, differing) if window else {}
    return EqualRows(count, by_window), differing


def on_both(sides: tuple[OpenSide, OpenSide], call: Callable[[Any], Any]) -> list[Any]:
    """Call for both sides and return what it returns: at once, unless they share a database, and so a snapshot."""
    with ThreadPoolExecutor(len({id(side.cursor) for side in sides})) as threads:
        return list(threads.map(call, sides))


def _key_hash(key: list[tuple[str, Type]]) -> sql.Composable | None:
    if len(key) == 1 and key[0][1].kind == "integer":  # the same in shorter: it only has to spread the keys
        return sql.SQL("coalesce(hashint8extended({}::bigint, 0), 0)").format(sql.Identifier(key[0][0]))
    return row_hash(key)


def _array(buckets: list[int]) -> sql.Composable:
    return sql.SQL("{}::bigint[]").format(sql.Literal("{" + ",".join(map(str, buckets)) + "}"))
