"""One view of several tables, in which loads and full refreshes that run beside it make no difference."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import psycopg
from psycopg import sql

from onerow.errors import LockTimedOut, ReconcileFailed, RelationMissing
from onerow.ledger.locks import lock_holders

Table = tuple[str, str]  # schema, name


@contextmanager
def snapshot(connection: psycopg.Connection, tables: Iterable[tuple[Table, str]]) -> Iterator[None]:
    """Hold one snapshot of the tables for the time of the block; each comes with what to do if it is not there.

    The tables are locked (access share: only DDL waits) before the snapshot is taken. The other way round, a full
    refresh that commits in between swaps in a table whose rows are younger than the snapshot: it would look empty.

    Raises:
        RelationMissing: a table is not there.
        LockTimedOut: a table stayed locked for longer than the session's lock_timeout; names who holds it.
        ReconcileFailed: a table cannot be read, for instance for want of a privilege.
    """
    with connection.transaction():
        # Neither of these takes a snapshot: PostgreSQL does so at the first statement that reads rows.
        connection.execute("set transaction isolation level repeatable read, read only")
        for table, remedy in tables:
            _lock(connection, table, remedy)
        yield


def _lock(connection: psycopg.Connection, table: Table, remedy: str) -> None:
    relation = sql.Identifier(*table)
    try:
        # In a savepoint, so that after a timeout the same connection can still ask who holds the table.
        with connection.transaction():
            connection.execute(sql.SQL("lock table {} in access share mode").format(relation))
    except (psycopg.errors.UndefinedTable, psycopg.errors.InvalidSchemaName):
        raise RelationMissing(*table, remedy) from None
    except psycopg.errors.LockNotAvailable:
        holder = lock_holders(connection, [(relation, "AccessExclusiveLock")])
        raise LockTimedOut(relation.as_string(connection), *holder) from None
    except psycopg.Error as error:
        raise ReconcileFailed(".".join(table), str(error).strip()) from error
