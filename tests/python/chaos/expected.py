"""What must be there at the end, computed in plain Python from files and from what other writers have committed."""

import hashlib
import json
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from truth import delivered
from truth import devices as truth
from truth.canonical import content

LineId = tuple[int, int]


@dataclass
class Expected:
    """Rows of each batch, lines that are no rows, and the batches that nobody has delivered."""

    rows: dict[int, list[truth.Row]] = field(default_factory=dict)
    malformed: set[LineId] = field(default_factory=set)
    unknown: list[int] = field(default_factory=list)

    @property
    def letters(self) -> set[LineId]:
        """The lines that must be dead letters."""
        refused = {(row.batch_no, row.line_number) for rows in self.rows.values() for row in rows if truth.reasons(row)}
        return refused | self.malformed


def read_batches(connection: psycopg.Connection, folder: Path) -> Expected:
    """Read what each batch of the ledger must hold: the file of its sha256, or the rows of the letters it replays."""
    files = {
        hashlib.sha256(file.read_bytes()).hexdigest(): file for file in folder.iterdir() if file.suffix != ".aside"
    }
    expected = Expected()
    replayed = _replayed_lines(connection)
    batches = connection.execute(
        "select batch_no, content_sha256, replay_of, location from onerow.batches where source = 'devices' order by 1"
    )
    for batch_no, sha256, replay_of, location in batches.fetchall():
        if replay_of is not None:
            known = {row.line_number: row.values for row in expected.rows.get(replay_of, ())}
            corrected = known if location is None else _corrections(Path(location), replay_of)
            lines = corrected if location is not None else replayed.get(batch_no, ())
            expected.rows[batch_no] = [
                truth.Row(batch_no, line, corrected[line]) for line in sorted(lines) if line in corrected
            ]
        elif sha256 in files:
            file = delivered.read(files[sha256], batch_no, truth.COLUMNS)
            expected.rows[batch_no] = file.rows
            expected.malformed |= {(batch_no, line) for line in file.malformed}
        else:
            expected.unknown.append(batch_no)
    return expected


def loaded(connection: psycopg.Connection, model: str, expected: Expected) -> truth.Truth:
    """Return mart and outcomes for the loads of a model: one transaction is one load, in the order of their ids.

    Not by their times: the clock steps.
    """
    claims = connection.execute(
        "select batch_no, xid::text::bigint from onerow.claims where model like %s", (f"%.marts.{model}",)
    ).fetchall()
    loads = truth.loads([(batch_no, xid, xid) for batch_no, xid in claims])
    nothing: dict[int, list[truth.Row]] = {batch_no: [] for batch_no, _ in claims}
    return truth.load_all(loads, {**nothing, **expected.rows})


def shared_rows(connection: psycopg.Connection, expected: Expected) -> dict[str, tuple]:
    """Return the rows of the mart that others write to as well, without its batch: of each key the greatest state."""
    everything = truth.load_all([sorted(expected.rows)], expected.rows).mart.values()
    states = [
        (state.device_id, state.model, state.firmware, state.site, state.status, state.reported_at)
        for state in everything
    ]
    states += connection.execute("select * from shop.written").fetchall()
    greatest: dict[str, tuple] = {}
    for state in sorted(states, key=lambda state: (state[5], content(state[1:5]))):
        greatest[state[0]] = state
    return greatest


def counted(rows: list[tuple]) -> Counter[tuple]:
    """Return rows with how often they are there."""
    return Counter(map(tuple, rows))


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
