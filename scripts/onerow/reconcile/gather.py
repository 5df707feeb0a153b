"""Bring the rows that may differ of both sides into DuckDB: of two relations only what checksums do not vouch for."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from psycopg import sql

from onerow.reconcile.checksums import EqualRows, add_up, find_equal_rows, hashed, on_both
from onerow.reconcile.engine import Engine
from onerow.reconcile.kinds import Type
from onerow.reconcile.matched import Matched
from onerow.reconcile.opened import OpenRelation, OpenSide
from onerow.reconcile.request import Comparison
from onerow.reconcile.values import from_postgres, in_duckdb


def gather(engine: Engine, comparison: Comparison, sides: tuple[OpenSide, OpenSide], matched: Matched) -> EqualRows:
    """Make the tables `source` and `destination` in DuckDB, with the columns of `matched` in their compared form.

    Returns the rows that they leave out.

    Raises:
        ComparisonFailed: a side cannot be read.
    """
    if all(isinstance(side, OpenRelation) for side in sides):
        # Both sides have a thread of their own. With more of them DuckDB asks all the time whether there is something
        # to do, and takes the processors from the servers that it waits for.
        engine.run("DuckDB", "set threads = 1")
    hashes = hashed(sides, comparison, matched)
    with ThreadPoolExecutor(1) as thread:
        # The servers add up while DuckDB loads what it connects to them with.
        sums = thread.submit(add_up, *hashes, comparison.key) if hashes else None
        for side in _of_each_cursor(sides):
            side.begin(engine)
    equal, buckets = EqualRows(), None
    if hashes and sums:
        equal, buckets = find_equal_rows(engine, comparison, hashes[0], sums.result())

    def fetch(side: OpenSide) -> None:
        only = None
        if hashes and sums and buckets is not None:
            number = sides.index(side)
            only = hashes[number].rows_of(buckets, sums.result()[number])
        query = _rows(side, comparison, matched, only)
        engine.run(str(side.side), f"create table {side.name} as {query}", on=side.cursor)

    on_both(sides, fetch)
    if comparison.is_full_extract:
        _find_newest(engine, comparison, sides[0], matched)
    for side in _of_each_cursor(sides):
        engine.run(str(side.side), "commit", on=side.cursor)
    engine.run("DuckDB", "reset threads")
    return equal


def _rows(side: OpenSide, comparison: Comparison, matched: Matched, only: sql.Composable | None) -> str:
    """Return DuckDB's query for the rows of a side in their compared form; of a relation those of `only`, if given."""
    columns = [column for column in matched.all if column is not matched.version or column.name in side.types]
    types: dict[str, Type] = {column.alias: column.own(side) for column in columns}
    if isinstance(side, OpenRelation):
        sent = []
        for column in columns:
            value, types[column.alias] = from_postgres(column.name, column.own(side), column.common)
            sent.append(sql.SQL("{} as {}").format(value, sql.Identifier(column.alias)))
        table = only or side.identifier
        query = sql.SQL("select {} from {}").format(sql.SQL(", ").join(sent), table).as_string(side.lock)
        rows, values = side.table_function(query), dict(zip(types, types, strict=True))
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
    version = replace(matched, key=[], compared=[], window=None)
    rows = _rows(source, replace(comparison, version=None), version, None)
    engine.run(str(source.side), f"create table newest as select max(v) as v from ({rows}) as states", on=source.cursor)


def _newest(matched: Matched) -> str:
    """Keep the newest row of each key; among rows of one version the greatest content. Rows without a key stay."""
    key = ", ".join(column.alias for column in matched.key)
    content = ", ".join(f"{column.alias} desc nulls last" for column in matched.compared)
    has_null = " or ".join(f"{column.alias} is null" for column in matched.key)
    order = f"v desc nulls last{', ' + content if content else ''}"
    return f"qualify {has_null} or row_number() over (partition by {key} order by {order}) = 1"


def _of_each_cursor(sides: tuple[OpenSide, OpenSide]) -> list[OpenSide]:
    """Return the sides, of two that share a database and so a cursor one."""
    return list({id(side.cursor): side for side in sides}.values())
