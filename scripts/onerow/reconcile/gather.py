"""Bring the rows that may differ of both sides into DuckDB: of two relations only what checksums do not vouch for."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from psycopg import sql

from onerow.landing.parquet_text import literal
from onerow.reconcile.engine import Engine
from onerow.reconcile.kinds import Type
from onerow.reconcile.matched import Matched
from onerow.reconcile.opened import OpenRelation, OpenSide
from onerow.reconcile.request import Comparison
from onerow.reconcile.values import from_postgres, in_duckdb, to_hash

# Rows are put into so many buckets by their key; a power of two. Of 2 million rows with 150 differences 7% is fetched;
# eight times as many buckets take PostgreSQL twice as long to add up: they do not fit into the processor's cache.
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
class Gathered:
    """What the tables `source` and `destination` leave out: rows that are equal on both sides, a row a key."""

    equal_rows: int = 0
    equal_by_window: dict[datetime, int] = field(default_factory=dict)


@dataclass(frozen=True)
class _Hashed:
    """A relation with the hash of its keys and of its rows, such that rows which are equal on both sides hash alike."""

    side: OpenRelation
    key_hash: sql.Composable
    row_hash: sql.Composable
    has_null: sql.Composable

    def query(self, template: str, **more: sql.Composable) -> str:
        """Fill a query with this relation's parts."""
        bucket = sql.SQL("({} & {})").format(self.key_hash, sql.Literal(_BUCKETS - 1))
        parts = {"bucket": bucket, "key_hash": self.key_hash, "row": self.row_hash}
        return (
            sql.SQL(template)
            .format(relation=self.side.identifier, has_null=self.has_null, **parts, **more)
            .as_string(self.side.lock)
        )


def gather(engine: Engine, comparison: Comparison, sides: tuple[OpenSide, OpenSide], matched: Matched) -> Gathered:
    """Make the tables `source` and `destination` in DuckDB, with the columns of `matched` in their compared form.

    Raises:
        ComparisonFailed: a side cannot be read.
    """
    _on_each_cursor(engine, sides, "begin")
    hashed = [_hashed(side, comparison, matched) for side in sides]
    gathered, buckets = Gathered(), None
    if hashed[0] and hashed[1]:
        gathered, buckets = _compare_checksums(engine, comparison, [each for each in hashed if each])

    def fetch(side: OpenSide) -> None:
        query = _rows(side, comparison, matched, hashed[sides.index(side)], buckets)
        engine.run(str(side.side), f"create table {side.name} as {query}", on=side.cursor)

    _on_both(sides, fetch)
    if comparison.is_full_extract:
        _find_newest(engine, comparison, sides[0], matched)
    _on_each_cursor(engine, sides, "commit")
    return gathered


def _hashed(side: OpenSide, comparison: Comparison, matched: Matched) -> _Hashed | None:
    """Return how to hash a side; None for files, and where what is compared cannot be told from hashes."""
    names = {column.name for column in matched.key}
    if not isinstance(side, OpenRelation) or names & comparison.normalisations.columns:
        return None
    # Of several states of one key only the newest counts, which is known after folding.
    if side.name == "source" and comparison.version and not side.is_unique(comparison.key):
        return None
    columns = [*matched.key, *matched.compared, *([matched.window] if matched.window else [])]
    hashes = [to_hash(column.name, column.own(side), column.common) for column in columns]
    if None in hashes:
        return None
    key, row = hashes[: len(matched.key)], hashes
    key_hash, row_hash = (
        sql.SQL("hash_record_extended(row({}), 0)").format(sql.SQL(", ").join(values))  # type: ignore[arg-type]
        for values in (key, row)
    )
    if len(key) == 1 and matched.key[0].common.kind == "integer":  # the same in shorter
        key_hash = sql.SQL("coalesce(hashint8extended({}, 0), 0)").format(key[0])
    nulls = [sql.SQL("{} is null").format(sql.Identifier(column.name)) for column in matched.key]
    return _Hashed(side, key_hash, row_hash, sql.SQL(" or ").join(nulls))


def _compare_checksums(
    engine: Engine, comparison: Comparison, hashed: list[_Hashed]
) -> tuple[Gathered, list[int] | None]:
    """Return what is equal, and the buckets that have to be fetched: None if that is so many that all may be."""

    def ask(each: _Hashed, query: str) -> list[tuple[Any, ...]]:
        rows = f"select * from postgres_query({literal(each.side.database)}, {literal(query)})"
        return engine.run(str(each.side.side), rows, on=each.side.cursor)

    def sums(each: _Hashed) -> tuple[dict[int, tuple[Any, ...]], set[int]]:
        by_bucket = {bucket: tuple(figures) for bucket, *figures in ask(each, each.query(_CHECKSUMS))}
        # Keys that both sides have twice are in equal buckets, and a difference all the same; so are NULL keys.
        suspects = {bucket for bucket, (*_, null_rows) in by_bucket.items() if null_rows}
        if not each.side.is_unique(comparison.key):
            suspects |= {bucket for (bucket,) in ask(each, each.query(_REPEATED))}
        return by_bucket, suspects

    (source, some), (destination, others) = _on_both(hashed, sums)
    every = source.keys() | destination.keys()
    differing = sorted(some | others | {bucket for bucket in every if source.get(bucket) != destination.get(bucket)})
    if len(differing) > _MOST * len(every):
        return Gathered(), None
    equal_rows = sum(row_count for bucket, (row_count, *_) in source.items() if bucket not in set(differing))
    by_window = {}
    if comparison.window:
        window = sql.Identifier(comparison.window.column)
        parts = {"grain": sql.Literal(comparison.window.grain), "window": window, "buckets": _array(differing)}
        by_window = dict(ask(hashed[0], hashed[0].query(_BY_WINDOW, **parts)))
    return Gathered(equal_rows, by_window), differing


def _rows(
    side: OpenSide, comparison: Comparison, matched: Matched, hashed: _Hashed | None, buckets: list[int] | None
) -> str:
    """Return DuckDB's query for the rows of a side in their compared form; of a hashed one those of these buckets."""
    columns = [column for column in matched.all if column is not matched.version or column.name in side.types]
    types: dict[str, Type] = {column.alias: column.own(side) for column in columns}
    if isinstance(side, OpenRelation):
        sent = []
        for column in columns:
            value, types[column.alias] = from_postgres(column.name, column.own(side), column.common)
            sent.append(sql.SQL("{} as {}").format(value, sql.Identifier(column.alias)))
        query = sql.SQL("select {} from {}").format(sql.SQL(", ").join(sent), side.identifier).as_string(side.lock)
        if hashed and buckets is not None:
            query += hashed.query(
                " where {bucket} = any({buckets})" if buckets else " limit 0", buckets=_array(buckets)
            )
        rows, values = (
            f"postgres_query({literal(side.database)}, {literal(query)})",
            dict(zip(types, types, strict=True)),
        )
    else:
        rows, values = side.rows, {column.alias: side.value(column.name) for column in columns}
    selected = ", ".join(
        f"{in_duckdb(values[column.alias], types[column.alias], column.common, column.name, comparison.normalisations)}"
        f" as {column.alias}"
        for column in columns
    )
    query = f"select {selected} from {rows}"
    if side.name == "source" and comparison.version:
        return f"select * from ({query}) as states {_newest(matched)}"
    return query


def _find_newest(engine: Engine, comparison: Comparison, source: OpenSide, matched: Matched) -> None:
    """Make the table `newest`: the greatest version of the whole source, not only of what was fetched."""
    only = replace(matched, key=[], compared=[], window=None)
    rows = _rows(source, replace(comparison, version=None), only, None, None)
    engine.run(str(source.side), f"create table newest as select max(v) as v from ({rows}) as states", on=source.cursor)


def _newest(matched: Matched) -> str:
    """Keep the newest row of each key; among rows of one version the greatest content. Rows without a key stay."""
    key = ", ".join(column.alias for column in matched.key)
    content = ", ".join(f"{column.alias} desc nulls last" for column in matched.compared)
    has_null = " or ".join(f"{column.alias} is null" for column in matched.key)
    order = f"v desc nulls last{', ' + content if content else ''}"
    return f"qualify {has_null} or row_number() over (partition by {key} order by {order}) = 1"


def _array(buckets: list[int]) -> sql.Composable:
    return sql.SQL("{}::bigint[]").format(sql.Literal("{" + ",".join(map(str, buckets)) + "}"))


def _on_both(each: Any, call: Callable[[Any], Any]) -> list[Any]:
    """Call for both sides: at once, unless they share a cursor, and so a snapshot."""
    cursors = {id(side.cursor if isinstance(side, OpenSide) else side.side.cursor) for side in each}
    with ThreadPoolExecutor(len(cursors)) as threads:
        return list(threads.map(call, each))


def _on_each_cursor(engine: Engine, sides: tuple[OpenSide, OpenSide], statement: str) -> None:
    for side in {id(side.cursor): side for side in sides}.values():
        engine.run(str(side.side), statement, on=side.cursor)
