"""Schemas of a proof's own, beside the user's: made, kept while it lives, removed however it ends."""

import re
import secrets
import signal
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg.sql import SQL, Identifier

from onerow.ledger.setup import connect
from onerow.project.project import Project
from onerow.prove.signals import handled_by

# Every schema of a proof is called so, followed by the proof's own id and what it is for.
PREFIX = "onerow_prove_"
_NAME = re.compile(rf"{PREFIX}([0-9a-f]{{8}})_")
# Held by the session of a proof for as long as it lives: whose lock is free has left its schemas behind.
_LOCK_KEY = "hashtextextended('onerow:prove:' || %s, 0)"
# A killed run of dbt may leave a session behind that holds what is to be dropped.
_END_SESSIONS = """
select pg_terminate_backend(locks.pid)
from pg_locks as locks
inner join pg_class as c on c.oid = locks.relation
where locks.locktype = 'relation' and locks.pid <> pg_backend_pid()
    and locks.database = (select d.oid from pg_database as d where d.datname = current_database())
    and c.relnamespace = any(array(select n.oid from pg_namespace as n where n.nspname = any(%s)))
group by locks.pid
"""


class Scratch:
    """The schemas of one proof. `connection` is in autocommit mode; its session holds the lock of the proof."""

    def __init__(self, connection: psycopg.Connection, run_id: str):
        self.connection = connection
        self.run_id = run_id
        # What was delivered, as the proof has taken it; and the tables of landing or source that the model is to read.
        self.taken = f"{PREFIX}{run_id}_taken"
        self.delivered = f"{PREFIX}{run_id}_delivered"
        self.ledger = f"{PREFIX}{run_id}_ledger"
        self._built: dict[str, str] = {}

    def built(self, schema: str) -> str:
        """Return the name that stands for a schema of the user's, in which dbt builds."""
        # Numbered: two schemas may hold a relation of one name, and a name of 63 characters cannot grow.
        return self._built.setdefault(schema, f"{PREFIX}{self.run_id}_{len(self._built) + 1}")

    @property
    def built_schemas(self) -> list[str]:
        """Names of the schemas in which dbt builds."""
        return list(self._built.values())

    def make(self, schema: str) -> None:
        """Create one of the schemas."""
        self.connection.execute(SQL("create schema if not exists {}").format(Identifier(schema)))

    def end_sessions(self) -> None:
        """End the sessions of killed runs that still hold something in the schemas."""
        _end_sessions(self.connection, self.run_id)

    def clear(self) -> None:
        """Remove all schemas of the proof, so that another one can be made under the same lock."""
        _drop(self.connection, self.run_id)
        self._built.clear()


@contextmanager
def scratch(project: Project) -> Iterator[Scratch]:
    """Remove what proofs that were killed have left behind, then give a proof its schemas; remove them at the end.

    Raises:
        ConnectionFailed: the server cannot be reached.
    """
    run_id = secrets.token_hex(4)
    with connect(project, "onerow prove", catalog_only=True) as connection:
        remove_orphans(connection)
        connection.execute(f"select pg_advisory_lock({_LOCK_KEY})", [run_id])
        try:
            yield Scratch(connection, run_id)
        finally:
            # A second Ctrl-C must not keep the first from being cleaned up after. A connection of its own: that one
            # may have come in the middle of a statement of the other.
            with handled_by(signal.SIG_IGN), connect(project, "onerow prove", catalog_only=True) as cleaner:
                _drop(cleaner, run_id)


def remove_orphans(connection: psycopg.Connection) -> list[str]:
    """Remove the schemas of proofs that no longer run, and return the ids of these."""
    named = connection.execute("select nspname from pg_namespace where starts_with(nspname, %s)", [PREFIX]).fetchall()
    found = sorted({match[1] for (name,) in named if (match := _NAME.match(name))})
    removed = []
    for run_id in found:
        [is_free] = connection.execute(f"select pg_try_advisory_lock({_LOCK_KEY})", [run_id]).fetchone() or (False,)
        if is_free:
            _drop(connection, run_id)
            connection.execute(f"select pg_advisory_unlock({_LOCK_KEY})", [run_id])
            removed.append(run_id)
    return removed


def _drop(connection: psycopg.Connection, run_id: str) -> None:
    """Drop every schema of a proof, whoever still holds something in it."""
    # Again until there is none: a killed run's last statement may have come to its end in between.
    while names := _end_sessions(connection, run_id):
        for name in names:
            connection.execute(SQL("drop schema if exists {} cascade").format(Identifier(name)))


def _end_sessions(connection: psycopg.Connection, run_id: str) -> list[str]:
    """End all other sessions that hold something in the schemas of a proof; return the names of these."""
    query = "select nspname from pg_namespace where starts_with(nspname, %s) order by 1"
    names = [name for (name,) in connection.execute(query, [f"{PREFIX}{run_id}_"])]
    connection.execute(_END_SESSIONS, [names])
    return names
