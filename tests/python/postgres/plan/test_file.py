"""A file is planned before it lands: the plan is what then happens, and nothing is written for it."""

import gzip
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from harness.database import Database
from harness.dbt_project import DbtProject, succeeded
from onerow.errors import BatchIdReused, CannotPlan, FileUnreadable
from onerow.landing.delivery import Delivery, Landed
from onerow.landing.land import land_files
from onerow.plan.report import CLEAN, NOTHING, REJECTS, Plan
from onerow.project.project import Project

Job = Callable[[DbtProject], Project]
Planned = Callable[..., Plan]

_ORDER = "00000000-0000-0000-0000-00000000000{}"
_DAY = (datetime(2026, 5, 1, tzinfo=UTC), datetime(2026, 5, 2, tzinfo=UTC))


def _device(device: str | None, firmware: str, day: int) -> dict[str, Any]:
    return {"device_id": device, "firmware": firmware, "reported_at": f"2026-05-{day:02}"}


def _order(number: int, day: int, **values: str) -> dict[str, Any]:
    return {"order_id": _ORDER.format(number), "updated_at": f"2026-05-{day:02}", **values}


def _line(number: int, position: object, quantity: int, day: int) -> dict[str, Any]:
    return {**_order(number, day), "position": position, "quantity": quantity}


def _reading(value: object, hour: int) -> dict[str, Any]:
    return {"device_id": "D", "metric": "load", "value": value, "read_at": f"2026-05-01T{hour:02}:00Z"}


def _event(event: str, payload: dict[str, Any], day: int) -> dict[str, Any]:
    return {"event_id": event, "device_id": "D", "payload": payload, "occurred_at": f"2026-05-{day:02}"}


# Of each source what is loaded, then what is planned, and the outcomes of it.
DELIVERIES: dict[str, tuple[list[dict[str, Any]], list[dict[str, Any]], dict[str, int]]] = {
    "devices": (
        [_device("a", "1", 2), _device("b", "1", 2), _device("c", "1", 2)],
        [_device("a", "2", 3), _device("b", "0", 1), _device("c", "1", 2), _device("d", "1", 1), _device(None, "1", 1)],
        {"modified": 1, "stale": 1, "unchanged": 1, "new": 1, "rejected": 1},
    ),
    "orders": (
        [_order(1, 2, amount="1.50"), _order(2, 2, currency="EUR")],
        [_order(1, 1, customer_id="K"), _order(1, 1, amount="9"), _order(2, 2, currency="EUR"), _order(3, 1)],
        {"modified": 1, "superseded": 1, "unchanged": 1, "new": 1},
    ),
    "order_lines": (
        [_line(1, 1, 5, 2)],
        [_line(1, 1, 6, 3), _line(1, 2, 1, 1), _line(1, "first", 1, 1)],
        {"modified": 1, "new": 1, "rejected": 1},
    ),
    "device_readings": (
        [_reading(1, 1), _reading(2, 2), _reading(3, 3)],
        [_reading(1, 1), _reading(4, 4)],
        {"unchanged": 1, "new": 1},
    ),
    "device_events": (
        [_event("e", {"n": 1}, 1)],
        [_event("e", {"n": 1.0}, 1), _event("e", {"n": 2}, 2), _event("f", {}, 2)],
        {"unchanged": 1, "superseded": 1, "new": 1},
    ),
}


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Write a file of JSON lines, with `malformed` lines beneath."""

    def write(name: str, rows: list[dict[str, Any]], malformed: int = 0) -> Path:
        file = tmp_path / f"{name}.jsonl.gz"
        lines = [json.dumps(row) for row in rows] + ["{"] * malformed
        file.write_bytes(gzip.compress("".join(f"{line}\n" for line in lines).encode(), mtime=0))
        return file

    return write


def _landed(project: Project, source: str, file: Path, delivery: Delivery = Delivery()) -> int:  # noqa: B008 - frozen
    [landed] = land_files(project, source, [file], delivery)
    assert isinstance(landed, Landed), landed
    return landed.batch_no


def test_files_of_all_marts_come_out_as_planned_and_nothing_is_written(
    project: DbtProject,
    database: Database,
    job: Job,
    planned: Planned,
    write: Callable[..., Path],
    everything: Callable[[], dict[str, object]],
) -> None:
    """Not a row version, batch number or table. Guards: shadow_ledger, shadow_landing, only_count in withdraw_rows."""
    read = job(project)
    for source, (first, _, _) in DELIVERIES.items():
        _landed(read, source, write(f"{source}1", first))
    succeeded(project.dbt_in_process("run", "--quiet", "--select", "+marts"))

    deliveries = {"device_readings": Delivery(window=_DAY)}
    files = {name: write(f"{name}2", rows, name == "devices") for name, (_, rows, _) in DELIVERIES.items()}
    before = everything()
    plans = {
        source: planned(project, source, file=file, delivery=deliveries.get(source, Delivery()))
        for source, file in files.items()
    }
    assert everything() == before

    for source, file in files.items():
        _landed(read, source, file, deliveries.get(source, Delivery()))
    succeeded(project.dbt_in_process("run", "--quiet", "--select", "+marts"))
    for source, plan in plans.items():
        [batch] = plan.marts[0].batches
        recorded = dict(
            database.rows(
                "select l.outcome, l.row_count"
                " from onerow.load_outcomes as l inner join onerow.batches as b using (batch_no)"
                " where l.model like %s and b.location = %s",
                f"%.marts.{source}",
                str(files[source]),
            )
        )
        assert batch.outcomes == recorded, source
        # `insert_new` folds by version: of an event that has come before, the later content is superseded or stale.
        assert sum(recorded.values()) == len(DELIVERIES[source][1])
        assert source == "device_events" or recorded == DELIVERIES[source][2]
        assert batch.batch_no is None
        assert batch.withdrawn_count == (2 if source == "device_readings" else 0)
        assert plan.status == (REJECTS if "rejected" in recorded else CLEAN)

    rows = {row.line_number: row for row in plans["devices"].marts[0].rows.shown}
    assert rows[1].natural_key == {"device_id": "a"}
    assert rows[1].changes == {
        "firmware": {"before": "1", "after": "2"},
        "reported_at": {"before": "2026-05-02 00:00:00+00", "after": "2026-05-03 00:00:00+00"},
    }
    assert rows[5].reasons == ["missing:device_id"]
    assert (rows[6].outcome, rows[6].natural_key) == ("rejected", None)
    assert rows[6].reasons[0].startswith("malformed:")
    # A partial, older state gives a field, and keeps the rest.
    [merged] = [row for row in plans["orders"].marts[0].rows.shown if row.outcome == "modified"]
    assert merged.changes["customer_id"] == {"before": None, "after": "K"}
    assert "amount" not in merged.changes


def test_a_file_is_planned_with_what_waits_and_before_anything_is_built(
    project: DbtProject, database: Database, job: Job, planned: Planned, write: Callable[..., Path]
) -> None:
    """A database of nothing but the ledger: nothing is made. Guards: planning_manifest, planned_mart."""
    _landed(job(project), "devices", write("waiting", [_device("a", "1", 1), _device("b", "1", 1)]))
    plan = planned(project, "devices", file=write("file", [_device("b", "2", 2)]))
    [mart] = plan.marts
    assert mart.is_rebuild
    assert [(batch.batch_no, batch.outcomes) for batch in mart.batches] == [
        (1, {"new": 1, "superseded": 1}),
        (None, {"new": 1}),
    ]
    assert database.rows("select nspname from pg_namespace where nspname !~ '^pg_' order by 1") == [
        ("information_schema",), ("landing",), ("onerow",), ("public",),
    ]  # fmt: skip
    assert planned(project, "orders").status == NOTHING


def test_a_window_that_would_be_set_aside_says_why(
    project: DbtProject, job: Job, planned: Planned, write: Callable[..., Path]
) -> None:
    """Its rows have no outcomes, as in the load; its refused row is shown. Guard: planned_batches."""
    file = write("readings", [_reading(1, 1), {**_reading(1, 1), "read_at": "2026-05-02T00:00Z"}])
    [mart] = planned(project, "device_readings", file=file, delivery=Delivery(window=_DAY)).marts
    [batch] = mart.batches
    assert batch.outcomes == {}
    assert "1 of its rows or lines are refused" in batch.set_aside
    assert mart.status == REJECTS
    assert [(row.line_number, row.reasons) for row in mart.rows.shown] == [(2, ["outside_window:read_at"])]


def test_what_could_not_land_is_not_planned(
    project: DbtProject, job: Job, planned: Planned, write: Callable[..., Path], tmp_path: Path
) -> None:
    """Guards: already_landed, HeaderRefused, and the table between landing and mart in planning_manifest."""
    file = write("first", [_device("a", "1", 1)])
    _landed(job(project), "devices", file, Delivery(batch_id="monday"))
    plan = planned(project, "devices", file=file, delivery=Delivery(batch_id="monday"))
    assert plan.already_landed == 1
    assert [batch.batch_no for batch in plan.marts[0].batches] == [1]
    with pytest.raises(BatchIdReused):
        planned(project, "devices", file=write("other", []), delivery=Delivery(batch_id="monday"))
    twice = tmp_path / "twice.csv"
    twice.write_text("device_id,device_id\n")
    with pytest.raises(FileUnreadable):
        planned(project, "devices", file=twice)
    staging = (project.folder / "models/staging/stg_devices.sql").read_text()
    table = project.with_files({"models/staging/stg_devices.sql": "{{ config(materialized='table') }}" + staging})
    with pytest.raises(CannotPlan, match=r"stg_devices.* is a table"):
        planned(table, "devices", file=write("other", []))
