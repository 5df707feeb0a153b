"""Delivered files, each drawn from the seed and its own number alone: whoever delivers it, whenever, it is the same."""

import csv
import io
import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from truth import devices as truth

READING_COLUMNS = ("device_id", "metric", "value", "read_at")
COLUMNS = {"devices": truth.COLUMNS, "device_readings": READING_COLUMNS}
SOURCES = tuple(COLUMNS)
_DEVICES = 150
_EPOCH = datetime(2026, 5, 1, tzinfo=UTC)
_BAD_TIMES = ("yesterday", "2026-02-30T00:00:00Z", "24:61")
_LARGE = 3_000
_HOURS = 24
# Every window holds this hour, so that they leave no gap between them, which is a difference.
_NOON = 12

Row = dict[str, str | None]


@dataclass(frozen=True)
class Delivery:
    """A delivered file, and what its sender says of it, in options of `onerow land`."""

    file: Path
    options: tuple[str, ...] = ()


class Deliveries:
    """Writes file number N of a seed, on demand, and knows which were written."""

    def __init__(self, seed: int, folder: Path):
        self._seed = seed
        self.folder = folder
        folder.mkdir()

    def delivery(self, source: str, number: int) -> Delivery:
        """Return a delivered file of a source, `devices` or `device_readings`."""
        draw = random.Random(f"{self._seed}:{source}:{number}")  # noqa: S311 - drawn to be repeated
        return self._devices(draw, number) if source == "devices" else self._readings(draw, number)

    def _devices(self, draw: random.Random, number: int) -> Delivery:
        """Mostly good rows, some refused, some lines that are no rows."""
        count = _LARGE if draw.random() < 0.05 else draw.randint(1, 60)
        rows = [drawn_row(draw) for _ in range(count)]
        # No two files are equal: the content is what a batch is known by.
        rows.append({**dict.fromkeys(truth.COLUMNS), "device_id": f"N-{number}", "reported_at": str(_EPOCH)})
        return Delivery(self._file(draw, "devices", number, rows))

    def _readings(self, draw: random.Random, number: int) -> Delivery:
        """Most declare a window, and are whole: nothing outside it, nothing refused. Few were taken at other times."""
        has_window = draw.random() < 0.7
        start, end = draw.randint(0, _NOON), draw.randint(_NOON + 1, _HOURS)
        rows = [_drawn_reading(draw, draw.randrange(start, end), flawed=not has_window) for _ in range(40)]
        rows.append({"device_id": f"N-{number}", "metric": "load", "value": "1", "read_at": _hour(_NOON)})
        options = ["--extracted-at", _hour(draw.randrange(100, 120))]
        if has_window:
            options += ["--window", _hour(start), _hour(end)]
        return Delivery(self._file(draw, "device_readings", number, rows, flawed=not has_window), tuple(options))

    def _file(self, draw: random.Random, source: str, number: int, rows: list[Row], *, flawed: bool = True) -> Path:
        """Write a file, unless it is there. `flawed` says whether some lines may be no rows."""
        is_csv = draw.random() < 0.5
        file = self.folder / f"{source}{number:05}.{'csv' if is_csv else 'jsonl'}"
        if not file.exists():
            aside = file.with_suffix(".aside")
            lines = _as_csv(COLUMNS[source], rows) if is_csv else [json.dumps(row) for row in rows]
            spoiled = "D-9999,too,short,of,it" if is_csv else '{"device_id": "D-9999", "firmw'
            text = [[line, spoiled] if flawed and draw.random() < 0.02 else [line] for line in lines]
            aside.write_text("".join(f"{line}\n" for each in text for line in each), encoding="utf-8")
            aside.rename(file)
        return file


def drawn_row(draw: random.Random) -> Row:
    """Draw a delivered state of a device. Few devices, few times and few values, so that everything meets."""
    device_id: str | None = f"D-{draw.randrange(_DEVICES):04}"
    reported_at: str | None = (_EPOCH + timedelta(hours=draw.randrange(500))).isoformat()
    fate = draw.random()
    if fate < 0.03:
        device_id = None
    elif fate < 0.06:
        reported_at = draw.choice(_BAD_TIMES)
    return {
        "device_id": device_id,
        "model": draw.choice(("m1", "m2")),
        "firmware": draw.choice(("1.0", "1.1", "2.0")),
        "site": draw.choice((None, "oslo", "lima")),
        "status": draw.choice(("active", "retired")),
        "reported_at": reported_at,
    }


def _drawn_reading(draw: random.Random, hour: int, *, flawed: bool) -> Row:
    row: Row = {
        "device_id": f"D-{draw.randrange(3)}",
        "metric": draw.choice(("load", "temperature")),
        "value": draw.choice(("1", "2")),
        "read_at": _hour(hour),
    }
    if flawed and draw.random() < 0.06:
        row[draw.choice(READING_COLUMNS)] = None
    return row


def _hour(number: int) -> str:
    return (_EPOCH + timedelta(hours=number)).isoformat()


def _as_csv(columns: Sequence[str], rows: list[Row]) -> list[str]:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows([columns, *(row.values() for row in rows)])
    return text.getvalue().splitlines()
