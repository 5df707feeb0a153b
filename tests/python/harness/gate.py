"""Overlap by force: whoever comes first is held inside its transaction until the others are seen to wait."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from psycopg import sql

from harness.database import Database
from harness.processes import Running

_POLL_SECONDS = 0.05

# Whatever lock it is: without a guard, all wait for the gate itself.
_WAITING = """
select count(*) from pg_stat_activity
where datname = current_database() and wait_event_type = 'Lock' and application_name like '%%' || %s
"""

_ACTIVITY = """
select pid, application_name, state, wait_event_type, wait_event, pg_blocking_pids(pid), left(query, 300)
from pg_stat_activity
where datname = current_database() and pid <> pg_backend_pid()
order by pid
"""


class Gate:
    """Locks tables of a database, and sees who waits."""

    def __init__(self, database: Database):
        self._database = database

    @contextmanager
    def hold(self, table: str, mode: str = "access exclusive") -> Iterator["Gate"]:
        """Hold a lock on a table, such as `onerow.claims`, until the block is left.

        `access exclusive` holds readers too, `share row exclusive` writers only.
        """
        connection = self._database.connect(application_name="gate")
        try:
            lock = sql.SQL("lock table {} in {} mode")
            connection.execute(lock.format(sql.Identifier(*table.split(".")), sql.SQL(mode)))
            yield self
        finally:
            connection.close()

    def waiting(self, of: str = "") -> int:
        """Return how many sessions of the database wait for a lock, of whatever kind, at this moment.

        `of` is how the name of their application ends: a load's ends in database.schema.identifier of its mart.
        """
        return self._database.value(_WAITING, of)

    def wait_until_waiting(
        self, sessions: int, runs: Sequence[Running] = (), seconds: float = 90, of: str = ""
    ) -> None:
        """Wait until at least so many sessions wait for a lock: the one at the gate and those behind it.

        Raises:
            AssertionError: one of the `runs` ended before, or the time ran out; shows what every session was doing.
        """

        def enough() -> bool:
            ended = [run.wait() for run in runs if not run.is_running]
            assert not ended, f"ended before it met the others: {ended[0]}"
            return self.waiting(of) >= sessions

        self.wait_until(enough, seconds, f"{sessions} sessions wait for a lock")

    def wait_until(self, holds: Callable[[], bool], seconds: float = 90, what: str = "") -> None:
        """Wait until something holds that is seen in the database.

        Raises:
            AssertionError: the time ran out; shows what every session was doing.
        """
        deadline = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < deadline, f"after {seconds} s not yet: {what}\n{self._activity()}"
            time.sleep(_POLL_SECONDS)

    def _activity(self) -> str:
        return "\n".join(" | ".join(map(str, row)) for row in self._database.rows(_ACTIVITY))
