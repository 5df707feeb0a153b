"""What happens to the machine, the connections and the processes: drawn from the seed, one after the other."""

import contextlib
import os
import random
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

import psycopg

from chaos.clocks import Clock
from chaos.forked import Forked
from chaos.machine import Machine
from chaos.proxy import Proxy
from harness.database import connect
from harness.processes import Running

# More often what is cheap to survive: much is killed, the server crashes now and then.
_DECK = (
    *("kill",) * 5,
    *("ambush",) * 3,
    *("terminate", "cut", "delay", "drop") * 2,
    *("lock", "statement timeout", "disk full", "server's clock", "program's clock"),
    *("crash", "kill server process"),
)
# Written after the batch or the claim that announces it.
_WRITTEN_LAST = ("landing.devices", "landing.device_readings", "marts.devices", "marts.device_readings")
_LOCKED = ("onerow.claims", "onerow.batches", "onerow.dead_letters", *_WRITTEN_LAST)
T = TypeVar("T")
_MEGABYTE = 1024 * 1024
_SESSIONS = (
    "select pid from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
    " and backend_type = 'client backend' and application_name <> 'chaos' order by backend_start, pid"
)
_END_WHO_WAITS = (
    "select pg_terminate_backend(pid) from pg_stat_activity where pg_backend_pid() = any(pg_blocking_pids(pid))"
)


@dataclass(frozen=True)
class Fault:
    """A fault: when it begins after the last one, for how long it lasts, and which one of many it meets (0 to 1)."""

    kind: str
    pause: float
    seconds: float
    which: float

    def __str__(self) -> str:
        """Show what was drawn."""
        return f"{self.kind} (for {self.seconds:.1f} s, at {self.which:.2f})"


def drawn(seed: int) -> Iterator[Fault]:
    """Draw faults without end. Each kind comes once in a while, as cards from a deck do."""
    draw = random.Random(f"{seed}:faults")  # noqa: S311 - drawn to be repeated
    while True:
        for kind in draw.sample(_DECK, k=len(_DECK)):
            yield Fault(kind, draw.uniform(0.3, 1.8), draw.uniform(0.3, 3), draw.random())


class Faults:
    """Does what was drawn, and takes it back."""

    def __init__(self, machine: Machine, proxy: Proxy, lock_timeout: float, clocks: Sequence[Clock]):
        """`clocks` are those of programs."""
        self._machine = machine
        self._proxy = proxy
        self._clocks = clocks
        self._lock_timeout = lock_timeout
        self._ends: list[tuple[float, Callable[[], None]]] = []
        self._lockers: list[Forked] = []

    def begin(self, fault: Fault, runs: Sequence[Running]) -> Running | None:
        """Let a fault happen. Return the process that it has killed, if it was one of `runs`."""
        machine, proxy = self._machine, self._proxy
        with contextlib.suppress(psycopg.Error):  # a server that is down already can take no more
            match fault.kind:
                case "kill" if runs:
                    victim = _pick(runs, fault)
                    os.kill(victim.pid, signal.SIGKILL)
                    return victim
                case "terminate" | "kill server process":
                    self._end_session(fault)
                case "crash":
                    machine.crash()
                    self._until(fault, machine.start)
                case "cut":
                    proxy.cut(fault.which)
                case "delay":
                    proxy.delay(0.02 + 0.2 * fault.which)
                    self._until(fault, lambda: proxy.delay(0))
                case "drop":
                    proxy.drop(fault.which)
                    self._until(fault, proxy.flow)
                case "lock":
                    self._lock(_pick(_LOCKED, fault), _hold, self._lock_timeout + fault.seconds)
                case "ambush":
                    self._lock(_pick(_WRITTEN_LAST, fault), _end_who_waits, 2 * fault.seconds)
                case "statement timeout":
                    machine.set("statement_timeout", f"{5 + int(200 * fault.which)}ms")
                    self._until(fault, lambda: machine.set("statement_timeout", None))
                case "disk full":
                    self._fill_disk(fault)
                case "server's clock" if machine.clock:
                    _step(machine.clock, fault)
                case "program's clock" if machine.clock:
                    _step(_pick(self._clocks, fault), fault)
        return None

    def end_due(self) -> None:
        """Take back what has lasted long enough."""
        now = time.monotonic()
        for end in [each for each in self._ends if each[0] <= now]:
            self._ends.remove(end)
            try:
                end[1]()
            except psycopg.Error:  # the server is down at the moment
                self._ends.append((now + 0.3, end[1]))

    def heal(self) -> None:
        """Take back everything, and see to it that the server runs."""
        self._proxy.flow()
        self._proxy.delay(0)
        self._machine.free_disk()
        self._machine.start()
        deadline = time.monotonic() + 60
        self._ends = [(0, end) for _, end in self._ends]
        while self._ends:
            assert time.monotonic() < deadline, "a fault cannot be taken back"
            self.end_due()
            time.sleep(0.2)
            self._ends = [(0, end) for _, end in self._ends]
        for locker in self._lockers:
            locker.kill()

    def _until(self, fault: Fault, end: Callable[[], None]) -> None:
        self._ends.append((time.monotonic() + fault.seconds, end))

    def _end_session(self, fault: Fault) -> None:
        with self._machine.connect() as connection:
            pids = [pid for (pid,) in connection.execute(_SESSIONS)]
            if not pids:
                return
            pid = _pick(pids, fault)
            if fault.kind == "terminate":
                connection.execute("select pg_terminate_backend(%s)", (pid,))
            else:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)

    def _lock(self, table: str, hold: Callable[[psycopg.Connection, float], None], seconds: float) -> None:
        """Somebody locks a table."""
        login, output = self._machine.login, self._machine.scratch / f"lock{len(self._lockers)}"

        def lock(tables: list[str]) -> None:
            with contextlib.suppress(psycopg.Error), connect(login, application_name="backup") as connection:
                connection.execute("set lock_timeout = '3s'")
                connection.execute(f"lock table {tables[0]} in access exclusive mode")
                hold(connection, seconds)

        self._lockers.append(Forked(lock, ["lock", table], output))

    def _fill_disk(self, fault: Fault) -> None:
        if not self._machine.has_small_disk:
            self._machine.refuse_growth()
            self._until(fault, self._machine.let_grow)
            return

        def end() -> None:
            self._machine.free_disk()
            self._machine.start()  # without room for its log the server goes down

        self._machine.fill_disk(int(fault.which * fault.which * 8 * _MEGABYTE))
        self._until(fault, end)


def _hold(_: psycopg.Connection, seconds: float) -> None:
    """Keep a lock, for longer than a load waits."""
    time.sleep(seconds)


def _end_who_waits(connection: psycopg.Connection, seconds: float) -> None:
    """End whoever waits for the lock: in the middle of its work, which no other fault meets but by chance."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        connection.execute(_END_WHO_WAITS)
        time.sleep(0.02)


def _step(clock: Clock, fault: Fault) -> None:
    """Back by seconds, as a clock that is set right is; PostgreSQL's own timeouts wait longer then."""
    clock.step(-4 * fault.seconds if int(fault.which * 100) % 2 else 600 * fault.which)


def _pick(of: Sequence[T], fault: Fault) -> T:
    return of[int(fault.which * len(of))]
