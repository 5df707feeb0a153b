"""The run: everybody works, things happen, everything is healed, what failed is tried again, and all is compared."""

import contextlib
import hashlib
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from chaos import clear, faults
from chaos.actors import RECONCILE, SELECTED, Actor, Command, actors, build, start
from chaos.clocks import Clock
from chaos.deliveries import Deliveries
from chaos.faults import Faults
from chaos.invariants import INVARIANTS, reported_is_there, sessions
from chaos.machine import Machine
from chaos.proxy import Proxy
from harness.dbt_project import DbtProject
from harness.processes import Finished, Running

# Longer than the marts of one full refresh wait for each other, also where the machine is busy.
LOCK_TIMEOUT_SECONDS = 20
# Twice as long as a build takes where many others keep the machine busy.
_HANGS_AFTER_SECONDS = 240
_POLL_SECONDS = 0.03
# How often it is looked for a violation that is expected.
_ROUND_SECONDS = 20

Say = Callable[[str, str], None]


@dataclass
class Figures:
    """What has happened: runs by what became of them, faults by kind, and what contradicts an invariant, by name."""

    runs: Counter[tuple[str, str]] = field(default_factory=Counter)
    causes: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    rows: Counter[str] = field(default_factory=Counter)
    retried: int = 0
    violations: dict[str, list[str]] = field(default_factory=dict)
    # After how many seconds of the run each was noticed first.
    violated_after: dict[str, float] = field(default_factory=dict)


@dataclass
class _Slot:
    """An actor at work: what it runs now, or when it goes on, and the command that has not succeeded yet."""

    actor: Actor
    running: Running | None = None
    command: Command | None = None
    unsettled: Command | None = None
    goes_on_at: float = 0.0
    started_at: float = 0.0
    was_killed: bool = False


class Chaos:
    """One run of one seed."""

    def __init__(
        self, seed: int, machine: Machine, proxy: Proxy, project: DbtProject, *, folder: Path, say: Say, verb: str
    ):
        """`project` connects through `proxy`. `say` is told what is drawn: who, and what it does.

        `folder` takes the delivered files. `verb` is what dbt is asked to do: `build`, or `run`.
        """
        self._seed = seed
        self._machine = machine
        self._project = project
        self._say = say
        self._build = build(verb, *SELECTED)
        self._deliveries = Deliveries(seed, folder)
        self._slots = [_Slot(actor) for actor in actors(seed, self._deliveries, machine, verb)]
        self._clock = Clock(folder.parent / "clock of the suite")
        self._faults = Faults(machine, proxy, LOCK_TIMEOUT_SECONDS, [slot.actor.clock for slot in self._slots])
        self._drawn = faults.drawn(seed)
        self._reported: list[tuple[Path, str]] = []
        self._began_at = 0.0
        self.figures = Figures()

    def run(self, seconds: float, look_for: str | None = None) -> Figures:
        """Build in peace what is delivered to, let everybody work for so long, heal, and compare.

        With the name of an invariant to look for, compare also on the way, and end where it is violated.
        """
        first = build("run", *SELECTED)
        self._say("begin", str(first))
        self._start(first).wait(_HANGS_AFTER_SECONDS).succeeded()
        self._began_at = time.monotonic()
        while seconds > 0 and look_for not in self.figures.violations:
            lasts = min(seconds, _ROUND_SECONDS) if look_for else seconds
            self._disturb(lasts)
            self._settle()
            seconds -= lasts
        return self.figures

    def _settle(self) -> None:
        """Heal, try again what has failed, and compare."""
        self._say("heal", "no more faults; what runs comes to its end")
        self._faults.heal()
        for slot in self._slots:
            self._end(slot)
        self._wait_for_sessions()
        with self._machine.connect() as connection:
            self._violated("reported is there", reported_is_there(connection, self._reported))
        self._retry()
        self._compare()

    def _violated(self, invariant: str, contradictions: list[str]) -> None:
        if contradictions:
            self.figures.violations.setdefault(invariant, []).extend(contradictions)
            self.figures.violated_after.setdefault(invariant, time.monotonic() - self._began_at)

    def _start(self, command: Command) -> Running:
        return start(self._project, self._seed, command, self._clock)

    def _disturb(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        fault = next(self._drawn)
        next_at = time.monotonic() + fault.pause
        while (now := time.monotonic()) < until:
            for slot in self._slots:
                self._look_after(slot, now)
            self._faults.end_due()
            if now >= next_at:
                self._say("fault", str(fault))
                self._happens(fault)
                fault = next(self._drawn)
                next_at = time.monotonic() + fault.pause
            time.sleep(_POLL_SECONDS)

    def _happens(self, fault: faults.Fault) -> None:
        at_work = [slot for slot in self._slots if slot.running and slot.running.is_running]
        killed = self._faults.begin(fault, [slot.running for slot in at_work])
        self.figures.faults[fault.kind] += 1
        for slot in at_work:
            if slot.running is killed:
                slot.was_killed = True
                self._say("fault", f"kill -9 of {slot.actor.name}")

    def _look_after(self, slot: _Slot, now: float) -> None:
        if slot.running is None:
            if now >= slot.goes_on_at:
                # What has failed is tried again until it succeeds.
                self._begin(slot, slot.unsettled or next(slot.actor.commands))
        elif not slot.running.is_running:
            self._end(slot)
        elif now > slot.started_at + _HANGS_AFTER_SECONDS:
            self._violated("nothing hangs", [f"{slot.command} has not ended after {_HANGS_AFTER_SECONDS} s"])
            slot.running.kill()
            slot.was_killed = True

    def _begin(self, slot: _Slot, command: Command | None) -> None:
        slot.goes_on_at = time.monotonic() + slot.actor.pauses.uniform(0.1, 1.5)
        if command is not None:
            again = ", again" if slot.unsettled else ""
            self._say(slot.actor.name, f"{command}{again}")
            slot.command, slot.was_killed, slot.started_at = command, False, time.monotonic()
            slot.running = start(self._project, self._seed, command, slot.actor.clock)

    def _end(self, slot: _Slot) -> None:
        """Take the result of what a slot has run, once it has ended."""
        if slot.running is None:
            return
        try:
            finished = slot.running.wait(_HANGS_AFTER_SECONDS)
        except AssertionError as error:
            self._violated("nothing hangs", [str(error)])
            finished, slot.was_killed = slot.running.kill(), True
        slot.running = None
        slot.unsettled = None if finished.returncode == 0 else slot.command
        self._judge(slot.actor.name, slot.command, finished, was_killed=slot.was_killed)

    def _judge(self, name: str, command: Command, finished: Finished, *, was_killed: bool) -> None:
        kind = " ".join(word for word in name.split() if not word.isdigit())
        if finished.returncode == 0:
            self._reported += [(file, hashlib.sha256(file.read_bytes()).hexdigest()) for file in command.files]
            result = "succeeded"
        else:
            result = "killed" if was_killed and finished.returncode < 0 else "failed"
        self.figures.runs[kind, result] += 1
        cause = clear.cause(finished) or "unknown"
        if result == "failed":
            self.figures.causes[cause] += 1
            self._say(name, f"exit code {finished.returncode}: {cause}")
        if problem := clear.unclear(finished, was_killed=was_killed):
            self._violated("errors are clear", [f"{problem}: {command}\n{clear.shown(finished)}"])

    def _wait_for_sessions(self) -> None:
        """Give the server the time to notice that clients are dead: a few seconds, by client_connection_check_interval.

        Whoever is still there then holds what `nothing left` looks for.
        """
        deadline = time.monotonic() + 10
        with contextlib.suppress(psycopg.Error), self._machine.connect() as connection:
            while sessions(connection) and time.monotonic() < deadline:
                time.sleep(0.1)

    def _retry(self) -> None:
        """Run again what has not succeeded, and then a build and a reconciliation. All must succeed."""
        unsettled = [slot.unsettled for slot in self._slots if slot.unsettled]
        self.figures.retried += len(unsettled)
        for command in [*unsettled, self._build, Command(RECONCILE)]:
            self._say("retry", str(command))
            try:
                finished = self._start(command).wait(_HANGS_AFTER_SECONDS)
            except AssertionError as error:
                self._violated("nothing hangs", [str(error)])
                continue
            if finished.returncode != 0:
                self._violated("a retry succeeds", [f"{command}\n{clear.shown(finished)}"])

    def _compare(self) -> None:
        self._wait_for_sessions()
        with self._machine.connect() as connection:
            connection.execute("set statement_timeout = 0")
            for name, contradictions in INVARIANTS.items():
                try:
                    self._violated(name, contradictions(connection, self._deliveries.folder))
                except psycopg.Error as error:
                    self._violated(name, [f"cannot be looked at: {error}"])
            for what, query in _ROWS.items():
                with contextlib.suppress(psycopg.Error):
                    [self.figures.rows[what]] = connection.execute(query).fetchone()


_ROWS = {
    "batches": "select count(*) from onerow.batches",
    "rows landed": "select (select count(*) from landing.devices) + (select count(*) from landing.device_readings)",
    "dead letters": "select count(*) from onerow.dead_letters",
    "letters replayed": "select count(*) from onerow.dead_letters where status = 'replayed'",
    "rows of other writers": "select count(*) from shop.written",
    "rows in marts": "select (select count(*) from marts.devices) + (select count(*) from marts.devices_shared)"
    " + (select count(*) from marts.device_readings)",
}
