"""Write the sample batches of `examples/batches/devices`. The same bytes come out each time.

    python examples/make_batches.py [FOLDER]

Every batch exists for what goes wrong with it in real life: see `examples/batches/README.md`.
"""

# ruff: noqa: RUF001 - letters that look alike are what the odd texts are about

import csv
import gzip
import io
import json
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from random import Random
from typing import Any

COLUMNS = ("device_id", "model", "firmware", "site", "status", "reported_at")
FULL_DEVICES = 3000
DAY = datetime(2026, 5, 1, tzinfo=UTC)

MODELS = ("FM-200 flow meter", "FM-350 flow meter", "TP-12 thermo probe", "GW-4 gateway", 'PS-8 "slim" pressure sensor')
FIRMWARE = ("1.9.4", "2.0.0", "2.0.1", "2.1.0", "2.10.0")
STATUSES = ("active", "active", "active", "idle", "maintenance", "retired")
SITES = (
    "Hamburg-Süd",
    "Łódź 2",
    "Plant 4, Hall B",
    "São Paulo/Interlagos",
    "東京第三倉庫",
    "مستودع ٧",
    "מחסן צפון",
    None,  # in stock
)
# What a careless loader changes or breaks on: equal to the eye, composed of several code points, invisible, escaped.
ODD_TEXTS = (
    "Caf\u00e9 roof",
    "Cafe\u0301 roof",
    "shed 👩\u200d🔧",
    "🏴\u200d☠️ dock",
    "a\u202eb\u202c",
    "tab\there",
    "back\\slash",
    'quote"d',
    " leading and trailing ",
    "line one\nline two",
    "\u0001\u001f",
    "null",
    "NULL",
    "\\N",
    "𝔘𝔫𝔦𝔠𝔬𝔡𝔢",
)
NOT_TIMES = (
    "2026-02-30T10:00:00Z",
    "2026-05-03T25:00:00Z",
    "2026-05-03T10:61:00Z",
    "03.05.2026 10:00",
    "1777802400",
    "yesterday",
    "now",
    "infinity",
    "2026-W18-7",
    "2026-05-03T10:00:00+25:00",
)
# Lines that are no rows, and the line on which each is put.
NOT_RECORDS = {
    40: b"SN-000040,FM-200 flow meter,2.1.0",
    80: b"SN-000080,FM-200 flow meter,2.1.0,Hamburg,active,2026-05-03T08:00:00Z,90,one,too,many",
    120: b"SN-000120,GW-4\x00gateway,2.1.0,Hamburg,active,2026-05-03T08:00:00Z,90",
    160: b"just a remark that somebody left here",
    200: b'SN-000200,FM-200 flow meter,2.1.0,"Plant 4, Ha',
}
NOT_OBJECTS = {
    30: b'{"device_id": "SN-002030", "model": "FM-200 flow me',
    60: b'["SN-002060", "FM-200 flow meter"]',
    90: b'{"device_id": "SN-002090", "model": "GW-4\\u0000gateway", "reported_at": "2026-05-04T08:00:00Z"}',
}


@dataclass(frozen=True)
class State:
    """What one device reported at one time: one row of a batch. `extra` holds columns the contract does not know."""

    device_id: str | None
    model: str | None
    firmware: Any
    site: str | None
    status: str | None
    reported_at: str | None
    extra: tuple[tuple[str, Any], ...] = ()

    @property
    def values(self) -> tuple[Any, ...]:
        """The values in the order of COLUMNS."""
        return tuple(getattr(self, column) for column in COLUMNS)


def write_batches(folder: Path) -> list[Path]:
    """Write every batch into `folder` and return the files in the order in which they are delivered."""
    rng = Random(20260501)  # noqa: S311 - sample data, no secret
    devices = _devices(rng)
    full = _csv([*devices, *_without_key(rng)])
    batches: dict[str, bytes] = {
        "01_full.csv": full,
        "02_full_retry.csv.gz": _gzip(full),
        "03_delta.jsonl.gz": _gzip(_json_lines(_delta(rng, devices))),
        "04_broken.csv": _broken(rng, devices),
        "05_duplicates.jsonl": _with_lines(_json_lines(_duplicates(rng, devices)), NOT_OBJECTS),
        "06_late.csv.gz": _gzip(_csv(_late(rng, devices), line_end="\r\n")),
    }
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in batches.items():
        (folder / name).write_bytes(content)
    return [folder / name for name in batches]


# ---------------------------------------------------------------------------------------------- the rows of each batch


def _devices(rng: Random) -> list[State]:
    """Return the state of every device on the first day. Some sites and models carry odd text."""
    states = [_state(rng, f"SN-{number:06d}", DAY) for number in range(1, FULL_DEVICES + 1)]
    for number, text in enumerate(ODD_TEXTS):
        states[number * 7] = replace(states[number * 7], site=text)
        states[number * 7 + 3] = replace(states[number * 7 + 3], device_id=f"SN-{text}")
    return states


def _without_key(rng: Random) -> list[State]:
    """Return states that no key identifies: the key is missing, or nothing but space."""
    return [_state(rng, key, DAY) for key in (None, None, None, None, None, "   ", "\t")]


def _delta(rng: Random, devices: list[State]) -> list[State]:
    """Return the next day's states, shuffled: newer, older, of the same time, unchanged, and of new devices."""
    drawn = list(devices)
    _shuffle(rng, drawn)
    newer, touched, older, ties, same = drawn[:500], drawn[500:600], drawn[600:900], drawn[900:950], drawn[950:1150]
    states = [
        *(replace(_upgraded(rng, state), reported_at=_time(rng, DAY + timedelta(days=1))) for state in newer),
        *(replace(state, reported_at=_time(rng, DAY + timedelta(days=1))) for state in touched),
        *(replace(_upgraded(rng, state), reported_at=_time(rng, DAY - timedelta(days=3))) for state in older),
        *(_upgraded(rng, state) for state in ties),
        *same,
        *(_state(rng, f"SN-{FULL_DEVICES + number:06d}", DAY + timedelta(days=1)) for number in range(1, 351)),
    ]
    # A number is a number in JSON Lines: the text that the sender wrote must survive (2.10 is not 2.1).
    states[0] = replace(states[0], firmware=_Number("2.10"))
    states[1] = replace(states[1], firmware=_Number("1e3"))
    _shuffle(rng, states)
    return states


def _broken(rng: Random, devices: list[State]) -> bytes:
    """Return a CSV delivery with a column nobody announced, rows that must be refused, and lines that are no rows."""
    day = DAY + timedelta(days=2)
    states = [replace(_upgraded(rng, state), reported_at=_time(rng, day)) for state in devices[1000:1300]]
    states += [replace(states[number], reported_at=text) for number, text in enumerate(NOT_TIMES)]
    states += [replace(state, reported_at=None) for state in states[20:24]]
    states += [_state(rng, key, day) for key in (None, None, "  ")]
    states += [replace(_state(rng, None, day), reported_at="never")]
    _shuffle(rng, states)
    states = [replace(state, extra=(("battery_percent", str(_below(rng, 101))),)) for state in states]
    return _with_lines(_csv(states, extra=("battery_percent",)), NOT_RECORDS)


def _duplicates(rng: Random, devices: list[State]) -> list[State]:
    """Return states of which several concern one device: equal ones, older ones, and unlike ones of the same time."""
    day = DAY + timedelta(days=3)
    base = [replace(_upgraded(rng, state), reported_at=_time(rng, day)) for state in devices[2000:2200]]
    states = [
        *base,
        *base[:60],
        *(replace(_upgraded(rng, state), reported_at=_time(rng, day - timedelta(days=1))) for state in base[60:120]),
        *(replace(state, site=text) for state, text in zip(base[120:], ODD_TEXTS * 4, strict=False)),
        *(replace(state, status=None) for state in base[180:190]),
        *(replace(state, reported_at=_in_other_zone(state.reported_at)) for state in base[190:]),
    ]
    states = [replace(state, extra=(("battery_percent", _below(rng, 101)),)) for state in states]
    _shuffle(rng, states)
    return states


def _late(rng: Random, devices: list[State]) -> list[State]:
    """Return states from before the first full batch, delivered last: all but those of unknown devices are old news."""
    day = DAY - timedelta(days=3)
    return [
        *(replace(_upgraded(rng, state), reported_at=_time(rng, day)) for state in devices[:800]),
        *(_state(rng, f"SN-LATE-{number:03d}", day) for number in range(1, 21)),
    ]


# ------------------------------------------------------------------------------------------------------- single values


def _state(rng: Random, device_id: str | None, day: datetime) -> State:
    return State(
        device_id,
        _choice(rng, MODELS),
        _choice(rng, FIRMWARE),
        _choice(rng, SITES),
        _choice(rng, STATUSES),
        _time(rng, day),
    )


def _upgraded(rng: Random, state: State) -> State:
    """Return the state with another firmware and status, so that its content differs."""
    others = [version for version in FIRMWARE if version != state.firmware]
    return replace(state, firmware=_choice(rng, others), status=_choice(rng, STATUSES))


_TIME_FORMATS: tuple[Callable[[datetime], str], ...] = (
    lambda time: time.strftime("%Y-%m-%dT%H:%M:%SZ"),
    lambda time: time.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
    lambda time: (time + timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M:%S+02:00"),
    lambda time: time.strftime("%Y-%m-%dT%H:%M:%S"),
)


def _time(rng: Random, day: datetime) -> str:
    """Return a second of that day in one of the ISO 8601 forms that senders use."""
    return _choice(rng, _TIME_FORMATS)(day + timedelta(seconds=_below(rng, 86_400)))


def _in_other_zone(text: str | None) -> str:
    """Return the same instant as a clock in Kolkata shows it."""
    time = datetime.fromisoformat(text or "")
    kolkata = timezone(timedelta(hours=5, minutes=30))
    return (time if time.tzinfo else time.replace(tzinfo=UTC)).astimezone(kolkata).strftime("%Y-%m-%dT%H:%M:%S.%f%z")


class _Number(str):
    """A number that is written into JSON as these characters."""

    __slots__ = ()


# Random.random() is the only draw whose sequence Python promises to keep, so all others are made from it.
def _below(rng: Random, end: int) -> int:
    return int(rng.random() * end)


def _choice(rng: Random, options: Any) -> Any:
    return options[_below(rng, len(options))]


def _shuffle(rng: Random, items: list[Any]) -> None:
    for position in range(len(items) - 1, 0, -1):
        other = _below(rng, position + 1)
        items[position], items[other] = items[other], items[position]


# --------------------------------------------------------------------------------------------------------------- files


def _csv(states: Iterable[State], *, extra: tuple[str, ...] = (), line_end: str = "\n") -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator=line_end)
    writer.writerow((*COLUMNS, *extra))
    writer.writerows((*state.values, *(value for _, value in state.extra)) for state in states)
    return text.getvalue().encode()


def _with_lines(content: bytes, strays: dict[int, bytes]) -> bytes:
    """Return the delivery with each stray line at its line number, counted from 1."""
    lines = content.split(b"\n")
    for line_number, stray in sorted(strays.items()):
        lines.insert(line_number - 1, stray)
    return b"\n".join(lines)


def _json_lines(states: Iterable[State]) -> bytes:
    return b"".join(_json_object(state) + b"\n" for state in states)


def _json_object(state: State) -> bytes:
    members = [*zip(COLUMNS, state.values, strict=True), *state.extra]
    pairs = (f"{json.dumps(name)}: {_json_value(value)}" for name, value in members)
    return ("{" + ", ".join(pairs) + "}").encode()


def _json_value(value: Any) -> str:
    return str(value) if isinstance(value, _Number) else json.dumps(value, ensure_ascii=False)


def _gzip(content: bytes) -> bytes:
    """Compress without the name and time that gzip would note down."""
    compressed = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", fileobj=compressed, mtime=0) as file:
        file.write(content)
    return compressed.getvalue()


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "batches" / "devices"
    for written in write_batches(target):
        print(f"{written} {written.stat().st_size:,} bytes")
