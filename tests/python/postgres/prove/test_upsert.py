"""onerow's own marts are acquitted, by batches that hold all that dbt's strategies stumble over."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from harness.database import Database
from harness.devices import EARLIER, LATER, NOON, Devices, state
from onerow.errors import CannotProve
from onerow.ledger.setup import ensure_tables
from onerow.project.project import Project
from onerow.prove.guarantees import GUARANTEES
from onerow.prove.prove import Asked, prove
from onerow.prove.report import HELD, Proof
from postgres.prove.conftest import file, verdicts


@pytest.fixture
def marts(job: Project, database: Database) -> Project:
    """The repository's own project, with its tables."""
    ensure_tables(job, database.connect(autocommit=True))
    return job


def proof_of(project: Project, model: str, **asked: Any) -> Proof:
    """Prove a model."""
    return prove(project, [model], Asked(**asked), lambda *names: " ".join(names), lambda text: None)


def test_upsert_holds_to_all_of_it(marts: Project, database: Database, tmp_path: Path):
    """A key twice in a batch, a NULL key, an older state that comes late. Guards: lock, index, version, claims."""
    devices = Devices(database, tmp_path / "batches")
    devices.land(state("D-1", LATER), state("D-2", NOON), state("D-2", LATER), state(None))
    devices.land(state("D-1", EARLIER, status="broken"), state("D-3", NOON), state("D-4", LATER))
    before = database.rows("select * from onerow.batches"), database.rows("select * from onerow.claims")

    [model] = proof_of(marts, "devices", window_column="reported_at").models

    assert verdicts(model) == {guarantee.name: HELD for guarantee in GUARANTEES}
    assert (model.row_count, model.key_count) == (4, 4)
    assert (database.rows("select * from onerow.batches"), database.rows("select * from onerow.claims")) == before
    assert database.value("select to_regclass('marts.devices')") is None


def test_files_are_tried_before_they_land(marts: Project, database: Database, tmp_path: Path):
    """Guard: files land in a ledger of the proof's own."""
    first = file(tmp_path, "1.jsonl", json.dumps(state("D-1", LATER)))
    second = file(tmp_path, "2.jsonl", json.dumps(state("D-1", EARLIER)))
    [model] = proof_of(marts, "devices", files=(first, second), only=("any_order",)).models
    assert verdicts(model) == {"any_order": HELD}
    assert [rows for _, rows in model.batches] == [1, 1]
    assert database.value("select count(*) from onerow.batches") == 0


def test_files_declare_windows(marts: Project, tmp_path: Path):
    """[T1, T2), then [T0, T2), which withdraws a reading. Guard: the window of the landing in LandedDeliveries."""

    def reading(hour: int, value: int) -> str:
        read_at = f"2026-05-01T{hour:02}:00:00Z"
        return json.dumps({"device_id": "D-1", "metric": "load", "value": value, "read_at": read_at})

    files = (
        file(tmp_path, "later.jsonl", "\n".join([reading(12, 1), reading(18, 2)])),
        file(tmp_path, "whole.jsonl", "\n".join([reading(6, 3), reading(18, 2)])),
    )
    first, noon, last = (datetime(2026, 5, day, hour, tzinfo=UTC) for day, hour in ((1, 0), (1, 12), (2, 0)))
    asked = {"files": files, "windows": ((noon, last), (first, last)), "only": ("overlapping_windows", "one_load")}
    [model] = proof_of(marts, "device_readings", **asked).models
    assert verdicts(model) == {"overlapping_windows": HELD, "one_load": HELD}
    assert model.row_count == 2


def test_nothing_to_deliver_is_said(marts: Project):
    """Guard: an empty landing proves nothing."""
    with pytest.raises(CannotProve, match="nothing has landed; name files with --file"):
        proof_of(marts, "devices")
    with pytest.raises(CannotProve, match="loads the source devices, whose batches are known"):
        proof_of(marts, "devices", batch_column="site")
    with pytest.raises(CannotProve, match="materialized as view"):
        proof_of(marts, "stg_devices")
