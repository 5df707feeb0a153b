"""The one transaction of a command that settles dead letters, and what it says when it cannot be made."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg.sql import Identifier

from onerow.dead_letters.letters import Chosen
from onerow.errors import LandingFailed, LockTimedOut
from onerow.ledger.locks import lock_holders
from onerow.project.contract import Source
from onerow.project.project import Project

_HOLD = ("RowShareLock", "RowExclusiveLock", "ShareRowExclusiveLock", "ExclusiveLock", "AccessExclusiveLock")


@contextmanager
def settling(project: Project, connection: psycopg.Connection, source: Source, chosen: Chosen) -> Iterator[None]:
    """Run a block as one transaction, or as part of the caller's.

    Raises:
        LockTimedOut: another session held letters, or what a landing needs; names it.
        LandingFailed: the server refused or lost the transaction; carries its message.
    """
    what = f"dead letters of {chosen}"
    try:
        with connection.transaction():
            yield
    except psycopg.errors.LockNotAvailable:
        tables = (Identifier(project.ledger_schema, "dead_letters"), Identifier(source.schema, source.table))
        held = [(table, mode) for table in tables for mode in _HOLD]
        raise LockTimedOut(what, *lock_holders(connection, held)) from None
    except psycopg.Error as error:
        raise LandingFailed(what, str(error).strip()) from error
