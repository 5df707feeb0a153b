"""Delivered files, each drawn from the seed and its own number alone: whoever delivers it, whenever, it is the same."""

import csv
import io
import json
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

from truth import devices as truth

_DEVICES = 150
_EPOCH = datetime(2026, 5, 1, tzinfo=UTC)
_BAD_TIMES = ("yesterday", "2026-02-30T00:00:00Z", "24:61")
_LARGE = 3_000


class Deliveries:
    """Writes file number N of a seed, on demand, and knows which were written."""

    def __init__(self, seed: int, folder: Path):
        self._seed = seed
        self.folder = folder
        folder.mkdir()

    def file(self, number: int) -> Path:
        """Return a delivered file of devices: mostly good rows, some refused, some lines that are no rows."""
        draw = random.Random(f"{self._seed}:file:{number}")  # noqa: S311 - drawn to be repeated
        is_csv = draw.random() < 0.5
        file = self.folder / f"{number:05}.{'csv' if is_csv else 'jsonl'}"
        if not file.exists():
            count = _LARGE if draw.random() < 0.05 else draw.randint(1, 60)
            rows = [drawn_row(draw) for _ in range(count)]
            # No two files are equal: the content is what a batch is known by.
            rows.append({**dict.fromkeys(truth.COLUMNS), "device_id": f"N-{number}", "reported_at": str(_EPOCH)})
            aside = file.with_suffix(".aside")
            aside.write_text(_as_csv(draw, rows) if is_csv else _as_json(draw, rows), encoding="utf-8")
            aside.rename(file)
        return file


def drawn_row(draw: random.Random) -> dict[str, str | None]:
    """Draw a delivered row. Few devices, few times and few values, so that everything meets."""
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


def _as_csv(draw: random.Random, rows: list[dict[str, str | None]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(truth.COLUMNS)
    for row in rows:
        writer.writerow(row.values())
        if draw.random() < 0.02:
            text.write("D-9999,too,short\n")
    return text.getvalue()


def _as_json(draw: random.Random, rows: list[dict[str, str | None]]) -> str:
    lines = []
    for row in rows:
        lines.append(json.dumps(row))
        if draw.random() < 0.02:
            lines.append('{"device_id": "D-9999", "firmw')
    return "".join(line + "\n" for line in lines)
