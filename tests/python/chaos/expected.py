"""What must be there at the end, computed in plain Python from files and from what other writers have committed."""

import hashlib
import json
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import psycopg

from chaos.deliveries import COLUMNS
from truth import delivered
from truth import devices as truth
from truth.any_order import Batch, Delivery, in_windows
from truth.canonical import content

LineId = tuple[int, int]


@dataclass
class Expected:
    """Sources and rows of each batch, lines that are no rows, and the batches that nobody has delivered."""

    sources: dict[int, str] = field(default_factory=dict)
    rows: dict[int, list[truth.Row]] = field(default_factory=dict)
    malformed: set[LineId] = field(default_factory=set)
    unknown: list[int] = field(default_factory=list)

    @property
    def letters(self) -> set[LineId]:
        """The lines that must be dead letters."""
        refused = {
            (row.batch_no, row.line_number)
            for batch_no, rows in self.rows.items()
            for row in rows
            if _is_refused(self.sources[batch_no], row)
        }
        return refused | self.malformed

    def of(self, source: str) -> dict[int, list[truth.Row]]:
        """Return the rows of a source's batches."""
        return {batch_no: rows for batch_no, rows in self.rows.items() if self.sources[batch_no] == source}


def read_batches(connection: psycopg.Connection, folder: Path) -> Expected:
    """Read what each batch of the ledger must hold: the file of its sha256, or the rows of the letters it replays."""
    files = {
        hashlib.sha256(file.read_bytes()).hexdigest(): file for file in folder.iterdir() if file.suffix != ".aside"
    }
    expected = Expected()
    replayed = _replayed_lines(connection)
    batches = connection.execute(
        "select batch_no, source, content_sha256, replay_of, location from onerow.batches order by 1"
    )
    for batch_no, source, sha256, replay_of, location in batches.fetchall():
        expected.sources[batch_no] = source
        if replay_of is not None:
            known = {row.line_number: row.values for row in expected.rows.get(replay_of, ())}
            corrected = known if location is None else _corrections(Path(location), replay_of)
            lines = corrected if location is not None else replayed.get(batch_no, ())
            expected.rows[batch_no] = [
                truth.Row(batch_no, line, corrected[line]) for line in sorted(lines) if line in corrected
            ]
        elif sha256 in files:
            file = delivered.read(files[sha256], batch_no, COLUMNS[source])
            expected.rows[batch_no] = file.rows
            expected.malformed |= {(batch_no, line) for line in file.malformed}
        else:
            expected.unknown.append(batch_no)
    return expected


def loaded(connection: psycopg.Connection, model: str, expected: Expected) -> truth.Truth:
    """Return mart and outcomes for the loads of a model of devices.

    One transaction is one load, in the order of their ids, not of their times: the clock steps.
    """
    claims = connection.execute(
        "select batch_no, xid::text::bigint from onerow.claims where model like %s", (f"%.marts.{model}",)
    ).fetchall()
    loads = truth.loads([(batch_no, xid, xid) for batch_no, xid in claims])
    nothing: dict[int, list[truth.Row]] = {batch_no: [] for batch_no, _ in claims}
    return truth.load_all(loads, {**nothing, **expected.of("devices")})


def shared_rows(connection: psycopg.Connection, expected: Expected) -> dict[str, tuple]:
    """Return the rows of the mart that others write to as well, without its batch: of each key the greatest state."""
    rows = expected.of("devices")
    everything = truth.load_all([sorted(rows)], rows).mart.values()
    states = [
        (state.device_id, state.model, state.firmware, state.site, state.status, state.reported_at)
        for state in everything
    ]
    states += connection.execute("select * from shop.written").fetchall()
    greatest: dict[str, tuple] = {}
    for state in sorted(states, key=lambda state: (state[5], content(state[1:5]))):
        greatest[state[0]] = state
    return greatest


def reading_rows(connection: psycopg.Connection, expected: Expected) -> list[tuple]:
    """Return the rows of device_readings, without id and batch: those that no newer batch's window has withdrawn."""
    batches = {
        batch_no: Batch(extracted_at, sha256, (start, end) if start else None)
        for batch_no, extracted_at, sha256, start, end in connection.execute(
            "select batch_no, extracted_at, content_sha256, window_start, window_end from onerow.batches"
            " where source = 'device_readings'"
        )
    }
    deliveries = []
    for batch_no, rows in expected.of("device_readings").items():
        for row in rows:
            if not _is_refused("device_readings", row):
                device_id, metric, value, read_at = row.values
                time = truth.read_time(read_at)
                deliveries.append(Delivery((device_id, metric, Decimal(value), time), time, (), batches[batch_no]))
    return list(in_windows(deliveries, batches.values()))


def counted(rows: list[tuple]) -> Counter[tuple]:
    """Return rows with how often they are there."""
    return Counter(map(tuple, rows))


def _is_refused(source: str, row: truth.Row) -> bool:
    return bool(truth.reasons(row)) if source == "devices" else None in row.values


def _replayed_lines(connection: psycopg.Connection) -> dict[int, list[int]]:
    lines: dict[int, list[int]] = {}
    for batch_no, line in connection.execute(
        "select replayed_as, line_number from onerow.dead_letters where source = 'devices' and replayed_as is not null"
    ):
        lines.setdefault(batch_no, []).append(line)
    return lines


def _corrections(file: Path, batch_no: int) -> dict[int, tuple[str | None, ...]]:
    records = map(json.loads, file.read_text(encoding="utf-8").splitlines())
    return {
        record["_line_number"]: tuple(record[column] for column in truth.COLUMNS)
        for record in records
        if record["_batch_no"] == batch_no
    }
