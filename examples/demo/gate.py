"""Two runs at once, for certain: the first is held inside its transaction until the second is seen to wait for it.

Two processes that are merely started together hardly ever meet: dbt takes seconds to start, and milliseconds to load.
"""

import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import psycopg
from psycopg import sql

_TIMEOUT_SECONDS = 120
_POLL_SECONDS = 0.05

_MAKE_GATE = """
create schema if not exists gate;

create or replace function gate.pass() returns trigger language plpgsql as $$
begin
    perform pg_advisory_xact_lock_shared(hashtextextended('gate', 0));
    return null;
end $$;
"""

# Who waits for a lock that `holder` has, as the server itself sees it.
_WAITING_FOR = """
select pid from pg_stat_activity where wait_event_type = 'Lock' and %s = any(pg_blocking_pids(pid))
"""


class GateError(Exception):
    """The two runs did not meet: one ended, or the time ran out."""


class Gate:
    """Holds whoever has written to a table until it is opened. The project that loads the table knows nothing of it."""

    def __init__(self, connection: psycopg.Connection):
        """Use an autocommit connection of its own; the gate is closed as long as that one lives."""
        self._connection = connection

    @contextmanager
    def hold(self, relation: str) -> Iterator[None]:
        """Close the gate behind every write to `relation`, a quoted name; open it when the block is left."""
        self._connection.execute(_MAKE_GATE)
        self._connection.execute("select pg_advisory_lock(hashtextextended('gate', 0))")
        self._on(relation, "create trigger gate after insert on {} for each statement execute function gate.pass()")
        try:
            yield
        finally:
            self._connection.execute("select pg_advisory_unlock(hashtextextended('gate', 0))")

    def remove(self, relation: str) -> None:
        """Take the gate away from `relation`, once no run uses it any more."""
        self._on(relation, "drop trigger gate on {}")

    def wait_until_held(self, runs: Sequence[subprocess.Popen]) -> int:
        """Wait until a run has written and waits at the gate; return its backend's process id."""
        return self._wait_until_blocked_by(self._connection.info.backend_pid, runs)

    def wait_until_waiting_for(self, holder: int, runs: Sequence[subprocess.Popen]) -> None:
        """Wait until another run waits for a lock of `holder`."""
        self._wait_until_blocked_by(holder, runs)

    def _on(self, relation: str, statement: str) -> None:
        self._connection.execute(sql.SQL(statement).format(sql.SQL(relation)))

    def _wait_until_blocked_by(self, holder: int, runs: Sequence[subprocess.Popen]) -> int:
        deadline = time.monotonic() + _TIMEOUT_SECONDS
        while time.monotonic() < deadline:
            if waiting := self._connection.execute(_WAITING_FOR, [holder]).fetchone():
                return waiting[0]
            if ended := [run for run in runs if run.poll() is not None]:
                raise GateError(
                    f"a run ended before it met the other: {ended[0].args}, exit code {ended[0].returncode}"
                )
            time.sleep(_POLL_SECONDS)
        raise GateError(f"nobody waited for process {holder} within {_TIMEOUT_SECONDS} s")
