"""The mart `devices` of a test: batches landed by the real code, and what the truth makes of them."""

import json
from pathlib import Path
from typing import Any

from harness.database import Database
from onerow.landing.delivery import Delivery
from onerow.landing.land import land_file
from onerow.project.contract import Column, Source
from truth import delivered
from truth import devices as truth

NOON = "2026-05-01T12:00:00Z"
LATER = "2026-05-02T12:00:00Z"
EARLIER = "2026-04-30T12:00:00Z"

# As models/staging/_sources.yml has it, without the seconds that asking dbt takes.
_SOURCE = Source(
    name="devices",
    schema="landing",
    table="devices",
    columns=tuple(
        Column(name, "timestamptz" if name == "reported_at" else "text", required=name in ("device_id", "reported_at"))
        for name in truth.COLUMNS
    ),
    natural_key=("device_id",),
)

Record = dict[str, Any]


def state(device_id: str | None, reported_at: str | None = NOON, **values: str | None) -> Record:
    """Return a delivered row: what a device looked like at a time."""
    return {"device_id": device_id, "firmware": "1", "status": "active", **values, "reported_at": reported_at}


class Devices:
    """Lands batches of `devices`, and compares mart and ledger with the truth."""

    def __init__(self, database: Database, folder: Path):
        """`folder` takes the delivered files."""
        self._database = database
        self._folder = folder
        self._files = 0
        folder.mkdir()

    def file(self, *records: Record) -> Path:
        """Write a file to be landed."""
        self._files += 1
        file = self._folder / f"{self._files:03}.jsonl"
        file.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
        return file

    def land(self, *records: Record, batch_id: str | None = None) -> int:
        """Land rows as one batch and return its number."""
        connection = self._database.connect(autocommit=True)
        try:
            landed = land_file(connection, "onerow", _SOURCE, self.file(*records), delivery=Delivery(batch_id=batch_id))
        finally:
            connection.close()
        assert not landed.already_landed, f"the same content is batch {landed.batch_no} already; give it a batch_id"
        return landed.batch_no

    @property
    def rows(self) -> list[tuple]:
        """The rows of the mart, as Truth.rows has them."""
        return self._database.rows('select * from marts.devices order by device_id collate "C"')

    @property
    def outcomes(self) -> dict[tuple[int, str], int]:
        """The recorded outcomes, as Truth.outcomes has them."""
        recorded = self._database.rows(
            "select batch_no, outcome, row_count from onerow.load_outcomes where model like '%.marts.devices'"
        )
        return {(batch_no, outcome): row_count for batch_no, outcome, row_count in recorded}

    @property
    def claimed(self) -> list[int]:
        """The batches that were claimed, as often as they were."""
        claims = self._database.rows("select batch_no from onerow.claims where model like '%.marts.devices' order by 1")
        return [batch_no for (batch_no,) in claims]

    @property
    def truth(self) -> truth.Truth:
        """What mart and outcomes must be: delivered files, grouped into loads as the claims say."""
        batches = self._database.rows("select batch_no, location from onerow.batches")
        rows = {
            batch_no: delivered.read(self._folder / Path(location).name, batch_no, truth.COLUMNS).rows
            for batch_no, location in batches
        }
        claims = self._database.rows(
            "select batch_no, xid::text, claimed_at from onerow.claims where model like '%.marts.devices'"
        )
        return truth.load_all(truth.loads(claims), rows)

    def assert_all_loaded(self) -> None:
        """Every batch is claimed once; mart and outcomes equal the truth, row by row and count by count."""
        batches = self._database.rows("select batch_no from onerow.batches where quarantined_at is null order by 1")
        assert self.claimed == [batch_no for (batch_no,) in batches]
        expected = self.truth
        assert self.rows == expected.rows
        assert self.outcomes == dict(expected.outcomes)
