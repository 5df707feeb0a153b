"""Sides that are open for reading: their columns, and how DuckDB is asked for their rows."""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NamedTuple

import duckdb
import psycopg

from onerow.duckdb_sql import literal, quoted
from onerow.errors import ComparisonFailed, DbtFailed, WrongUse
from onerow.project.project import Project
from onerow.reconcile.engine import SESSION, Engine
from onerow.reconcile.kinds import TEXT, Type, duckdb_type, postgres_type
from onerow.reconcile.sides import Files, Relation, Side
from onerow.reconcile.snapshot import snapshot

_REMEDY = "Is it in this database, and spelled like this?"
_READERS = {
    # As `onerow land` reads them: an empty text of a CSV file is a missing value.
    "csv": "read_csv({}, all_varchar = true, header = true, delim = ',', quote = '\"', escape = '\"', nullstr = '',"
    " union_by_name = true)",
    "jsonl": "read_json({}, format = 'newline_delimited', maximum_depth = 1, sample_size = -1, union_by_name = true)",
    "parquet": "read_parquet({}, union_by_name = true, hive_partitioning = false)",
}
_COLUMNS = """
    select
        pg_attribute.attname,
        format_type(base.oid, case when pg_type.typtype = 'd' then pg_type.typtypmod else pg_attribute.atttypmod end),
        base.typcategory::text
    from pg_catalog.pg_attribute
    inner join pg_catalog.pg_type on pg_type.oid = pg_attribute.atttypid
    inner join pg_catalog.pg_type as base on base.oid = coalesce(nullif(pg_type.typbasetype, 0), pg_type.oid)
    where pg_attribute.attrelid = %s::regclass and pg_attribute.attnum > 0 and not pg_attribute.attisdropped
    order by pg_attribute.attnum
"""
_IS_UNIQUE = """
    select exists (
        select
        from pg_catalog.pg_index
        where indrelid = %(relation)s::regclass and indisunique and indisvalid and indpred is null and indexprs is null
            and (
                select bool_and(pg_attribute.attname = any(%(key)s))
                from unnest(indkey::smallint[]) with ordinality as columns (attnum, position)
                inner join pg_catalog.pg_attribute using (attnum)
                where pg_attribute.attrelid = indrelid and columns.position <= indnkeyatts
            )
    )
"""


@dataclass(frozen=True)
class OpenFiles:
    """Files to read. `names` are the columns' types as the files have them."""

    name: str
    side: Files
    types: dict[str, Type]
    names: dict[str, str]
    cursor: duckdb.DuckDBPyConnection

    @property
    def rows(self) -> str:
        """DuckDB's table function for all rows."""
        return _READERS[self.side.format].format(literal(self.side.pattern))

    def begin(self, engine: Engine) -> None:
        """Begin a transaction."""
        engine.run(str(self.side), "begin", on=self.cursor)

    def value(self, column: str) -> str:
        """Return an expression for a value. One of JSON Lines is a text, without its quotes."""
        return f"{quoted(column)} ->> '$'" if self.side.format == "jsonl" else quoted(column)


@dataclass(frozen=True)
class OpenRelation:
    """A relation that is locked, in a database that DuckDB is to know as `database`.

    All that `lock` and, after `begin`, `cursor` read of the database belongs to one snapshot, which has the id
    `exported`.
    """

    name: str
    side: Relation
    types: dict[str, Type]
    names: dict[str, str]
    cursor: duckdb.DuckDBPyConnection
    database: str
    target: Project
    lock: psycopg.Connection
    exported: str

    @cached_property
    def identifier(self) -> psycopg.sql.Identifier:
        """The relation in a query of PostgreSQL."""
        return psycopg.sql.Identifier(self.side.schema, self.side.table)

    def begin(self, engine: Engine) -> None:
        """Attach the database to DuckDB, and begin a transaction of it that sees what `lock` sees.

        Raises:
            ComparisonFailed: the server cannot be reached, or the snapshot cannot be handed on.
        """
        engine.attach(self.database, self.target.credentials, self.target.lock_timeout)
        engine.run(str(self.side), "begin", on=self.cursor)
        join = literal(f"set transaction snapshot {literal(self.exported)}")
        engine.run(str(self.side), f"call postgres_execute({literal(self.database)}, {join})", on=self.cursor)

    def table_function(self, query: str) -> str:
        """Return DuckDB's table function for the rows of a query of PostgreSQL."""
        return f"postgres_query({literal(self.database)}, {literal(query)})"

    def is_unique(self, key: tuple[str, ...]) -> bool:
        """Tell whether a unique index keeps these columns from holding a key, without NULL, twice."""
        relation = self.identifier.as_string(self.lock)
        [(is_unique,)] = self.lock.execute(_IS_UNIQUE, {"relation": relation, "key": list(key)}).fetchall()
        return bool(is_unique)


OpenSide = OpenFiles | OpenRelation


class _Database(NamedTuple):
    """A database: what reads it, its name in DuckDB, and the session that holds the locks."""

    cursor: duckdb.DuckDBPyConnection
    name: str
    target: Project
    lock: psycopg.Connection
    exported: str = ""


@contextmanager
def open_sides(
    project: Project, engine: Engine, source: Side, destination: Side
) -> Iterator[tuple[OpenSide, OpenSide]]:
    """Open both sides for the time of the block. Relations of one target share a snapshot.

    Raises:
        ComparisonFailed, ConnectionFailed, RelationMissing, LockTimedOut, ReconcileFailed: a side cannot be read.
        WrongUse: a target is none of the profile, or no PostgreSQL.
    """
    with ExitStack() as stack:
        databases: dict[str | None, _Database] = {}
        for relation in (side for side in (source, destination) if isinstance(side, Relation)):
            if relation.target not in databases:
                target = replace(project, target=relation.target or project.target)
                lock = stack.enter_context(_connected(target, relation))
                name = f"side_{len(databases) + 1}"
                databases[relation.target] = _Database(engine.connection.cursor(), name, target, lock)
        for name, database in databases.items():
            tables = dict.fromkeys(side for side in (source, destination) if _is_in(side, name))
            stack.enter_context(snapshot(database.lock, [((each.schema, each.table), _REMEDY) for each in tables]))
            databases[name] = database._replace(exported=_exported(database.lock, tables))
        opened = []
        for name, side in (("source", source), ("destination", destination)):
            if isinstance(side, Files):
                opened.append(_open_files(engine, name, side))
            else:
                opened.append(_open_relation(name, side, databases[side.target]))
        yield opened[0], opened[1]


def _is_in(side: Side, target: str | None) -> bool:
    return isinstance(side, Relation) and side.target == target


def _exported(lock: psycopg.Connection, tables: Iterable[Side]) -> str:
    try:
        [(snapshot_id,)] = lock.execute("select pg_export_snapshot()").fetchall()
    except psycopg.Error as error:
        raise ComparisonFailed(" and ".join(map(str, tables)), str(error).strip()) from None
    return str(snapshot_id)


@contextmanager
def _connected(target: Project, relation: Relation) -> Iterator[psycopg.Connection]:
    try:
        connection = target.connect("onerow reconcile", catalog_only=True)
    except DbtFailed as error:
        if relation.target is None:
            raise
        raise WrongUse(f"{relation}: {error.reason}") from None
    with connection:
        # It holds locks and a snapshot for as long as the comparison takes.
        connection.execute("set idle_in_transaction_session_timeout = 0")
        # As the sessions of DuckDB have it.
        for name, value in SESSION.items():
            connection.execute("select set_config(%s, %s, false)", (name, value))
        connection.commit()
        yield connection


def _open_files(engine: Engine, name: str, side: Files) -> OpenFiles:
    opened = OpenFiles(name, side, {}, {}, engine.connection.cursor())
    try:
        # No parameter, and not run: DuckDB only looks at the schema.
        relation = opened.cursor.sql(f"select * from {opened.rows} limit 0")  # noqa: S608 - the pattern is a literal
        columns = list(zip(relation.columns, relation.types, strict=True))
    except duckdb.Error as error:
        raise ComparisonFailed(side.pattern, engine.scrubbed(error)) from None
    is_text = side.format != "parquet"
    types = {column: TEXT if is_text else duckdb_type(data_type) for column, data_type in columns}
    return replace(opened, types=types, names={column: str(data_type) for column, data_type in columns})


def _open_relation(name: str, side: Relation, database: _Database) -> OpenRelation:
    relation = psycopg.sql.Identifier(side.schema, side.table).as_string(database.lock)
    columns: list[Any] = database.lock.execute(_COLUMNS, (relation,)).fetchall()
    types = {column: postgres_type(data_type, category) for column, data_type, category in columns}
    return OpenRelation(name, side, types, {column: name for column, name, _ in columns}, *database)
