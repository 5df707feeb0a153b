"""The tester: plays every interleaving of the steps of two sessions, and compares each with the two serial orders."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import wait
from typing import Any

from harness.database import Database
from postgres.interleavings.touched import Touch
from postgres.interleavings.turns import Session

_LISTEN_SECONDS = 0.005
_STUCK_SECONDS = 120

# Only a lock of a session that is played, and stands still, makes another wait for good.
_BLOCKED = "select pg_blocking_pids(%s) && %s::int[]"
_HELD = """
select string_agg(distinct format('%s %s', l.locktype, coalesce(l.relation::regclass::text, '')), ', ')
from pg_locks as l
inner join pg_stat_activity as a on a.pid = l.pid
where a.datname = current_database() and a.backend_type = 'client backend' and l.pid <> pg_backend_pid()
"""

State = dict[str, Any]


class WentWrong(AssertionError):
    """An interleaving whose end is that of no serial order; its message names every step."""


@dataclass
class Played:
    """One interleaving: who could go on at each turn and who did, and what it ended in."""

    # It turned out to be one that is played in another order of steps that share nothing.
    is_repeat: bool = False
    turns: list[tuple[list[int], int]] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    state: State = field(default_factory=dict)


@dataclass(frozen=True)
class _Last:
    """The last turn: who took it, what that touched, and who could have taken it."""

    chosen: int
    touch: Touch
    ready: list[int]


@dataclass
class Tester:
    """Two sessions on a database, to be started anew from the same state for each interleaving."""

    __test__ = False  # for pytest, which takes it for a class of tests

    database: Database
    start: Callable[[], Sequence[Session]]
    look: Callable[[], State]

    def play_all(self) -> int:
        """Play every interleaving and return how many there were.

        Those that differ only in the order of neighbouring steps which share nothing are one: it is played once, with
        the steps of the first session first.

        Raises:
            WentWrong: rows, claims, outcomes, or how the sessions ended, are those of no serial order. It is the first.
        """
        interleavings = self._interleavings()
        first = next(interleavings)
        serial = [first, self.play(first=1)]
        for each in serial:
            loads = [outcome for name, outcome in each.state["ended"].items() if name.endswith("load")]
            assert set(loads) <= {"succeeded"} and not each.state["left locked"], each.state
        count = 1
        for played in interleavings:
            count += not played.is_repeat
            if played.state not in [each.state for each in serial]:
                raise WentWrong(_report(count, played, serial))
        return count

    def _interleavings(self) -> Iterator[Played]:
        """Go through the tree of choices, depth first. The first one is a serial order, of the first session."""
        prefix: list[int] = []
        while True:
            played = self.play(prefix)
            yield played
            turns = played.turns
            while turns and turns[-1][1] == turns[-1][0][-1]:
                turns.pop()
            if not turns:
                return
            options, chosen = turns.pop()
            prefix = [*(each for _, each in turns), options[options.index(chosen) + 1]]

    def play(self, prefix: Sequence[int] = (), first: int = 0) -> Played:
        """Play one interleaving: the turns of the prefix, then the first session as far as it goes."""
        sessions = self.start()
        played = Played()
        last = _Last(-1, Touch(), [])
        self._settle(sessions)
        while any(session.outcome is None for session in sessions):
            ready = [number for number, session in enumerate(sessions) if session.is_ready]
            options = [number for number in ready if not _comes_before(sessions, number, last)]
            if not options:
                played.is_repeat = True
                options = ready[:1]
            if len(played.turns) < len(prefix):
                chosen = prefix[len(played.turns)]
                assert chosen in options, f"another way than before: {played.lines}"
            else:
                chosen = first if first in ready and not prefix else options[0]
            step = sessions[chosen].go()
            last = _Last(chosen, step.touch, ready)
            played.turns.append((options, chosen))
            waited = [session for session in sessions if session.is_under_way and session.sent is not step]
            self._settle(sessions)
            waits = " ... waits" if sessions[chosen].is_under_way else ""
            played.lines.append(f"{sessions[chosen].name}: {step}{waits}")
            played.lines += [f"{session.name}: goes on" for session in waited if not session.is_under_way]
        played.state = {
            "ended": {session.name: session.outcome for session in sessions},
            **self.look(),
            "left locked": self._left_locked(),
        }
        return played

    def _settle(self, sessions: Sequence[Session]) -> None:
        """Wait until every session has done its step, or waits for another one, and someone can go on."""
        deadline = time.monotonic() + _STUCK_SECONDS
        while under_way := [session for session in sessions if session.is_under_way]:
            heard = wait([session.pipe for session in under_way], _LISTEN_SECONDS)
            for session in under_way:
                if session.pipe in heard:
                    session.hear()
            can_go_on = any(session.is_ready for session in sessions)
            if not heard and can_go_on and all(self._is_blocked(session, sessions) for session in under_way):
                return
            assert time.monotonic() < deadline, f"neither done nor waiting: {under_way[0].name}: {under_way[0].sent}"

    def _is_blocked(self, session: Session, sessions: Sequence[Session]) -> bool:
        if session.sent is None or session.sent.pid is None:
            return False
        others = [other.next.pid for other in sessions if other.next and other.next.pid]
        return self.database.value(_BLOCKED, session.sent.pid, others)

    def _left_locked(self) -> str | None:
        """Return what is locked after all have ended: a session that has just been closed may still be going."""
        deadline = time.monotonic() + 10
        while (held := self.database.value(_HELD)) and time.monotonic() < deadline:
            time.sleep(_LISTEN_SECONDS)
        return held


def _comes_before(sessions: Sequence[Session], number: int, last: _Last) -> bool:
    """Whether a session's next step could as well have come before the last one: that interleaving is played, too."""
    step = sessions[number].next
    return number < last.chosen and number in last.ready and step is not None and step.touch.commutes_with(last.touch)


def _report(number: int, played: Played, serial: Sequence[Played]) -> str:
    lines = [f"interleaving {number} goes wrong:"]
    lines += [f"  {turn:2}. {line}" for turn, line in enumerate(played.lines, start=1)]
    for what, found in played.state.items():
        if any(each.state[what] != found for each in serial):
            lines += [f"{what}: {found}", *(f"  one after the other: {each.state[what]}" for each in serial)]
    return "\n".join(lines)
