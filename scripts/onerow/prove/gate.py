"""Runs that meet for certain: they are held at one point until all of them are seen to stand there or behind it."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import psycopg
from psycopg.sql import SQL, Identifier, Literal

from onerow.prove.runs import Run

_POLL_SECONDS = 0.03
_TIMEOUT_SECONDS = 60
# A trigger that waits: runs know nothing of it, whatever locks they take of their own. It goes with the table.
_FUNCTION = SQL(
    """
    create or replace function {function}() returns trigger language plpgsql as $onerow$
    begin
        perform pg_catalog.pg_advisory_xact_lock_shared(pg_catalog.hashtextextended({key}, 0));
        return null;
    end $onerow$
    """
)
_TRIGGER = SQL(
    "create or replace trigger onerow_gate after insert on {table} for each statement execute function {function}()"
)
# Who waits for the session that holds the gate, and who waits for those.
_BLOCKED = """
with recursive waiting as materialized (
    select a.pid, pg_blocking_pids(a.pid) as blockers
    from pg_stat_activity as a
    where a.datname = current_database() and a.wait_event_type = 'Lock'
),

blocked as (
    select waiting.pid from waiting where %(gate)s = any(waiting.blockers)
    union
    select waiting.pid from waiting inner join blocked on blocked.pid = any(waiting.blockers)
)

select pid from blocked
"""


class Gate:
    """Holds runs that write a table, or that read one, of a scratch schema."""

    def __init__(self, connect: Callable[[], psycopg.Connection], watcher: psycopg.Connection, schema: str):
        """`connect` opens a session that holds the gate; `watcher` is in autocommit mode, and sees who waits."""
        self._connect = connect
        self._watcher = watcher
        self._function = Identifier(schema, "onerow_gate")
        self._key = f"onerow:prove:gate:{schema}"
        self._pid = 0

    @contextmanager
    def after_writing(self, table: Identifier) -> Iterator[Callable[[], None]]:
        """Hold whoever has inserted into the table, inside its transaction. Gives what opens the gate."""
        self._watcher.execute(_FUNCTION.format(function=self._function, key=Literal(self._key)))
        self._watcher.execute(_TRIGGER.format(table=table, function=self._function))
        with self._connect() as holder:
            self._pid = holder.info.backend_pid
            holder.execute("select pg_advisory_lock(hashtextextended(%s, 0))", [self._key])
            yield holder.close

    @contextmanager
    def before_reading(self, tables: Sequence[Identifier]) -> Iterator[Callable[[], None]]:
        """Hold whoever reads the tables. Gives what opens the gate."""
        with self._connect() as holder:
            self._pid = holder.info.backend_pid
            holder.execute(SQL("lock table {} in access exclusive mode").format(SQL(", ").join(tables)))
            yield holder.close

    def held(self) -> list[int]:
        """Return the sessions that wait at the gate, or for one that does."""
        return [pid for (pid,) in self._watcher.execute(_BLOCKED, {"gate": self._pid})]

    def wait_until_held(self, runs: Sequence[Run], deadline: float, beside: Sequence[int] = ()) -> int:
        """Wait until each run is held or has ended, and return how many are held.

        `beside` are sessions that are held, too, and of no run any more.
        """
        until = min(deadline, time.monotonic() + _TIMEOUT_SECONDS)
        while True:
            # In this order: who ends after it was counted as running is not counted as held.
            held, running = len({*self.held()} - {*beside}), sum(run.is_running for run in runs)
            if held >= running or time.monotonic() > until:
                return held
            time.sleep(_POLL_SECONDS)
