"""Which rows of two relations may differ: each server adds up the hashes of its rows in buckets by key."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import psycopg
from psycopg import sql

from onerow.errors import ComparisonFailed
from onerow.reconcile.buckets import NULL_KEYS, Blocks, Buckets, array, by_key
from onerow.reconcile.engine import Engine
from onerow.reconcile.matched import Matched
from onerow.reconcile.opened import OpenRelation, OpenSide
from onerow.reconcile.request import Comparison
from onerow.reconcile.row_hash import row_hash

# Above this share of differing buckets a filter costs more than it saves.
_MOST: Final = 0.5

_CHECKSUMS: Final = """
    select {bucket} as bucket, count(*) as row_count, sum({row})::text as checksum from {relation} group by 1
"""
_REPEATED: Final = """
    select distinct bucket from (
        select {bucket} as bucket from {relation} group by {key_hash}, 1 having count(*) > 1
    ) as repeated
"""
_BY_WINDOW: Final = """
    select date_trunc({grain}, {window}::timestamptz, 'UTC') as window_start, count(*) as row_count
    from {relation} where not ({bucket}) = any({buckets}) group by 1
"""


@dataclass(frozen=True)
class EqualRows:
    """Rows, a row a key, that are equal on both sides and need not be fetched: in all, and by the start of a window."""

    count: int = 0
    by_window: dict[datetime, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Sums:
    """What a server has added up: row count and checksum of each bucket; the buckets that may have a fault whatever the
    other side has; and the blocks of keys, if it costs less to ask an index for some of them than to read all rows.
    """

    by_bucket: dict[int, tuple[Any, ...]]
    suspects: set[int]
    blocks: Blocks | None


@dataclass(frozen=True)
class HashedRelation:
    """A relation with the buckets and the hash of its keys, and the hash of its rows: what hashes alike is equal."""

    side: OpenRelation
    buckets: Buckets
    key_hash: sql.Composable
    row_hash: sql.Composable

    def rows_of(self, buckets: list[int], sums: Sums) -> sql.Composable:
        """Return PostgreSQL's table expression for the rows of these buckets."""
        return self.buckets.rows(self.side.identifier, buckets, sums.blocks)

    def sums(self, key: tuple[str, ...]) -> Sums:
        """Add up the buckets.

        Raises:
            ComparisonFailed: the relation cannot be read.
        """
        by_bucket = {bucket: tuple(figures) for bucket, *figures in self._ask(self._query(_CHECKSUMS))}
        # Keys that both sides have twice are in equal buckets, and a difference all the same; so are NULL keys.
        suspects = by_bucket.keys() & {NULL_KEYS}
        is_unique = self.side.is_unique(key)
        if not is_unique:
            suspects |= {bucket for (bucket,) in self._ask(self._query(_REPEATED))}
        row_count = sum(rows for rows, _ in by_bucket.values())
        return Sums(by_bucket, suspects, self._blocks(row_count) if is_unique else None)

    def _blocks(self, row_count: int) -> Blocks | None:
        """Return the blocks, unless there are more of them than rows: each is looked at."""
        query = self.buckets.blocks(self.side.identifier)
        if query is None:
            return None
        [(first, last)] = self._ask(query.as_string(self.side.lock))
        if first is None or last - first > row_count:
            return None
        return Blocks(first, last)

    def count_by_window(self, engine: Engine, column: str, grain: str, without: list[int]) -> dict[datetime, int]:
        """Return the rows of each window, but for those of some buckets.

        Raises:
            ComparisonFailed: the relation cannot be read.
        """
        parts = {"grain": sql.Literal(grain), "window": sql.Identifier(column), "buckets": array(without)}
        query = f"from {self.side.table_function(self._query(_BY_WINDOW, **parts))}"
        return dict(engine.run(str(self.side.side), query, on=self.side.cursor))  # type: ignore[arg-type]

    def _ask(self, query: str) -> list[tuple[Any, ...]]:
        try:
            # Not through DuckDB, which burns a processor while it waits for an answer.
            return self.side.lock.execute(query).fetchall()  # type: ignore[arg-type]
        except psycopg.Error as error:
            raise ComparisonFailed(str(self.side.side), str(error).strip()) from None

    def _query(self, template: str, **more: sql.Composable) -> str:
        parts = {"bucket": self.buckets.bucket, "key_hash": self.key_hash, "row": self.row_hash}
        return sql.SQL(template).format(relation=self.side.identifier, **parts, **more).as_string(self.side.lock)


def hashed(
    sides: tuple[OpenSide, OpenSide], comparison: Comparison, matched: Matched
) -> tuple[HashedRelation, HashedRelation] | None:
    """Return how to hash both sides; None for files, and where what is compared cannot be told from hashes."""
    source, destination = sides
    if not isinstance(source, OpenRelation) or not isinstance(destination, OpenRelation):
        return None
    if comparison.normalisations.columns & set(comparison.key):
        return None
    # Of several states of one key only the newest counts, which is known after folding.
    if comparison.version and not source.is_unique(comparison.key):
        return None
    key = [(column.name, column.common) for column in matched.key]
    compared = [*matched.compared, *([matched.window] if matched.window else [])]
    server_version = min(side.lock.info.server_version for side in (source, destination))
    of_row = row_hash([*key, *((column.name, column.common) for column in compared)], server_version)
    of_key = row_hash(key, server_version)
    if of_row is None or of_key is None:
        return None
    is_whole_number = len(key) == 1 and key[0][1].kind == "integer"
    buckets = by_key([name for name, _ in key], of_key, is_whole_number=is_whole_number)
    expressions = (buckets, of_key, of_row)
    return HashedRelation(source, *expressions), HashedRelation(destination, *expressions)


def add_up(source: HashedRelation, destination: HashedRelation, key: tuple[str, ...]) -> list[Sums]:
    """Let the servers of both sides add up their buckets, at once. Does not touch DuckDB.

    Raises:
        ComparisonFailed: a relation cannot be read.
    """
    of = {each.side.name: each for each in (source, destination)}
    return on_both((source.side, destination.side), lambda side: of[side.name].sums(key))


def find_equal_rows(
    engine: Engine, comparison: Comparison, source: HashedRelation, sums: list[Sums]
) -> tuple[EqualRows, list[int] | None]:
    """Return what is equal by the sums of both, and the buckets that have to be fetched: None if that is half of all.

    Raises:
        ComparisonFailed: a relation cannot be read.
    """
    here, there = (each.by_bucket for each in sums)
    every = here.keys() | there.keys()
    differing = (
        sums[0].suspects | sums[1].suspects | {bucket for bucket in every if here.get(bucket) != there.get(bucket)}
    )
    if len(differing) > _MOST * len(every):
        return EqualRows(), None
    count = sum(row_count for bucket, (row_count, _) in here.items() if bucket not in differing)
    window, fetched = comparison.window, sorted(differing)
    by_window = source.count_by_window(engine, window.column, window.grain, fetched) if window else {}
    return EqualRows(count, by_window), fetched


def on_both(sides: tuple[OpenSide, OpenSide], call: Callable[[Any], Any]) -> list[Any]:
    """Call for both sides and return what it returns: at once, unless they share a database, and so a snapshot."""
    with ThreadPoolExecutor(len({id(side.cursor) for side in sides})) as threads:
        return list(threads.map(call, sides))
