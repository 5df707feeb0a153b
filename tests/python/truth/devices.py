"""The mart `devices` and its outcomes, computed from delivered rows.

In short: a row without a key or without a real time is rejected. Among the rows of a device in one load the greatest
(reported_at, content) wins, then the lowest batch and line. The winner is written if it is greater than the mart's row.
"""

import re
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from truth.canonical import content

COLUMNS = ("device_id", "model", "firmware", "site", "status", "reported_at")

BLANK = " \t\r\n"

# PostgreSQL's `timestamptz` reads far more than this; a delivery may hold this and no more.
_ISO_8601 = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)"
    r"(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,6}))?)?"
    r"(?: ?(?:Z|([+-])(\d\d)(?::?(\d\d))?))?)?",
    re.ASCII,
)


@dataclass(frozen=True)
class Row:
    """A row as it was delivered: text or None by column, in the order of COLUMNS."""

    batch_no: int
    line_number: int
    values: tuple[str | None, ...]


@dataclass(frozen=True)
class State:
    """A row of the mart."""

    device_id: str
    model: str | None
    firmware: str | None
    site: str | None
    status: str | None
    reported_at: datetime
    batch_no: int

    @property
    def rank(self) -> tuple[datetime, str]:
        """What decides between two states of a device. Equal only if all compared columns are equal."""
        return self.reported_at, content((self.model, self.firmware, self.site, self.status))


@dataclass
class Truth:
    """The mart by device, and how many rows of each batch had which outcome: {(batch_no, outcome): rows}."""

    mart: dict[str, State]
    outcomes: Counter[tuple[int, str]]

    @property
    def rows(self) -> list[tuple[str | datetime | int | None, ...]]:
        """The rows of the mart in its own order of columns, ordered by device_id (by code point)."""
        return [
            (state.device_id, state.model, state.firmware, state.site, state.status, state.reported_at, state.batch_no)
            for _, state in sorted(self.mart.items())
        ]


def loads(claims: Iterable[tuple[int, Hashable, datetime]]) -> list[list[int]]:
    """Group claims (batch_no, xid, claimed_at) into loads: one transaction is one load; loads in order of claiming."""
    by_transaction: dict[Hashable, list[int]] = {}
    for batch_no, xid, _ in sorted(claims, key=lambda claim: (claim[2], claim[0])):
        by_transaction.setdefault(xid, []).append(batch_no)
    return list(by_transaction.values())


def load_all(loads_of_batches: Iterable[Iterable[int]], delivered: Mapping[int, Sequence[Row]]) -> Truth:
    """Load groups of batches one after the other into an empty mart. `delivered` holds the rows of each batch."""
    truth = Truth({}, Counter())
    for batch_nos in loads_of_batches:
        _load(truth, [row for batch_no in batch_nos for row in delivered[batch_no]])
    return truth


def reasons(row: Row) -> list[str]:
    """Return every reason for which a row may not load, as code:column. None is empty."""
    device_id, *_, reported_at = row.values
    found = [] if device_id and device_id.strip(BLANK) else ["missing:device_id"]
    if not reported_at or not reported_at.strip(BLANK):
        found.append("missing:reported_at")
    elif read_time(reported_at) is None:
        found.append("invalid_timestamptz:reported_at")
    return found


def read_time(text: str) -> datetime | None:
    """Read ISO 8601: a date, perhaps a time, perhaps a zone, else UTC. None if it is no real time.

    24:00 is the end of the day, and a minute may have a leap second, as ISO 8601 has them.
    """
    match = _ISO_8601.fullmatch(text)
    if match is None:
        return None
    *date, hour, minute, second, fraction, sign, zone_hour, zone_minute = match.groups(default="0")
    time = timedelta(
        hours=int(hour), minutes=int(minute), seconds=int(second), microseconds=int(fraction.ljust(6, "0"))
    )
    offset = timedelta(hours=int(zone_hour), minutes=int(zone_minute))
    if int(minute) > 59 or int(second) > 60 or time > timedelta(days=1):
        return None
    if int(zone_minute) > 59 or offset >= timedelta(hours=16):
        return None
    try:
        return datetime(*map(int, date), tzinfo=UTC) + time - (-offset if sign == "-" else offset)
    except (ValueError, OverflowError):
        return None


def _load(truth: Truth, rows: Iterable[Row]) -> None:
    winners: dict[str, State] = {}
    for row in sorted(rows, key=lambda row: (row.batch_no, row.line_number)):
        if reasons(row):
            truth.outcomes[row.batch_no, "rejected"] += 1
            continue
        state = _state(row)
        rival = winners.get(state.device_id)
        if rival is not None:
            # The earlier row stays where both are equal.
            loser, state = (rival, state) if state.rank > rival.rank else (state, rival)
            truth.outcomes[loser.batch_no, "superseded"] += 1
        winners[state.device_id] = state
    for device_id, state in winners.items():
        outcome = _outcome(state, truth.mart.get(device_id))
        truth.outcomes[state.batch_no, outcome] += 1
        if outcome in ("new", "modified"):
            truth.mart[device_id] = state


def _outcome(offered: State, present: State | None) -> str:
    if present is None:
        return "new"
    if offered.rank == present.rank:
        return "unchanged"
    return "modified" if offered.rank > present.rank else "stale"


def _state(row: Row) -> State:
    *values, reported_at = row.values
    moment = read_time(reported_at)
    return State(*values, moment, row.batch_no)
