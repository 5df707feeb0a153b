"""What can be wrong with a mart of devices: the damage, and what each level of `onerow reconcile` then finds."""

from dataclasses import dataclass, field
from typing import Any

WINDOW = {"column": "reported_at", "grain": "day"}
INSERT = "insert into marts.devices (device_id, model, reported_at) values "
OF_BATCH_2 = "batch_no = 2 and model like '%.devices'"
# The mart as a comparison with a second database's, or an extract's, would see it.
SOURCE = "shop.devices"
COLUMNS = ["model", "firmware", "site", "status", "reported_at"]


@dataclass(frozen=True)
class Fault:
    """Statements that do the damage, and what each level then finds: name of a figure to (source, destination)."""

    name: str
    statements: tuple[str, ...]
    found: dict[str, dict[str, tuple[int | None, int | None]]]
    options: dict[str, Any] = field(default_factory=dict)
    drops_index: bool = False
    was_equal: bool = False  # a run has recorded both sides before


def rows(source: int, destination: int) -> dict[str, tuple[int | None, int | None]]:
    """Rows and keys that differ alike."""
    return {"rows": (source, destination), "keys": (source, destination)}


def modified(column: str, count: int = 1) -> dict[str, dict[str, tuple[int | None, int | None]]]:
    """Only values of one column differ."""
    return {"rows": {"modified_rows": (None, count), f"modified.{column}": (None, count)}}


FAULTS = [
    Fault(
        "dropped row",
        ("delete from marts.devices where device_id = 'D-1'",),
        {"counts": {**rows(7, 6), "missing_keys": (1, None)}, "accounting": {"mart_rows": (6, 7)}},
    ),
    Fault(
        "doubled row",
        ("insert into marts.devices select * from marts.devices where device_id = 'D-1'",),
        {"counts": {"rows": (7, 8), "duplicate_keys": (None, 1)}, "accounting": {"mart_rows": (8, 7)}},
        drops_index=True,
    ),
    Fault(
        "doubled row with a NULL key",
        (f"{INSERT} (null, 'm', now()), (null, 'm', now())",),
        {"counts": {"rows": (7, 9), "null_keys": (0, 2)}, "accounting": {"mart_rows": (9, 7)}},
        drops_index=True,
    ),
    Fault(
        "key set to NULL",
        ("update marts.devices set device_id = null where device_id = 'D-3'",),
        {"counts": {"keys": (7, 6), "missing_keys": (1, None), "null_keys": (0, 1)}},
    ),
    Fault(
        "row that nobody delivered",
        (f"{INSERT} ('GHOST', 'm', now())",),
        {"counts": {**rows(7, 8), "unexpected_keys": (None, 1)}, "accounting": {"mart_rows": (8, 7)}},
    ),
    Fault(
        "two faults that cancel in the counts",
        ("delete from marts.devices where device_id = 'D-3'", f"{INSERT} ('GHOST', 'm', now())"),
        {"counts": {"missing_keys": (1, None), "unexpected_keys": (None, 1)}},
    ),
    Fault(
        "case-folded keys",
        ("update marts.devices set device_id = lower(device_id) where device_id = 'D-4'",),
        {"counts": {"missing_keys": (1, None), "unexpected_keys": (None, 1)}},
    ),
    Fault(
        "blank behind a key",
        ("update marts.devices set device_id = device_id || ' ' where device_id = 'D-4'",),
        {"counts": {"missing_keys": (1, None), "unexpected_keys": (None, 1)}},
    ),
    Fault(
        "emptied mart",
        ("truncate marts.devices",),
        {"counts": {**rows(7, 0), "missing_keys": (7, None)}, "accounting": {"mart_rows": (0, 7)}},
    ),
    Fault(
        "missing window",
        ("delete from marts.devices where reported_at >= '2026-05-02'",),
        {
            "counts": {**rows(7, 5), "missing_keys": (2, None)},
            "windows of counts": {("2026-05-02", "rows"): (2, None), ("2026-05-02", "keys"): (2, None)},
            "accounting": {"mart_rows": (5, 7)},
        },
        {"window": WINDOW},
    ),
    Fault(
        "window moved",
        ("update marts.devices set reported_at = reported_at + interval '1 day' where reported_at >= '2026-05-02'",),
        {"windows of counts": {("2026-05-02", "rows"): (2, None), ("2026-05-03", "rows"): (None, 2)}},
        {"window": WINDOW},
    ),
    Fault(
        "rows that trade windows",
        (
            "update marts.devices set reported_at = '2026-05-01' where device_id = 'D-1'",
            "update marts.devices set reported_at = '2026-05-02' where device_id in ('D-2', 'D-3')",
        ),
        {"windows of counts": {("2026-05-01", "rows"): (5, 4), ("2026-05-02", "rows"): (2, 3)}},
        {"window": WINDOW},
    ),
    Fault(
        "NULL keys in two windows",
        (
            f"{INSERT} (null, 'm', '2026-05-01'), (null, 'm', '2026-05-02 01:00Z')",
            "delete from marts.devices where device_id = 'D-3'",
        ),
        {
            "counts": {"rows": (7, 8), "keys": (7, 6), "missing_keys": (1, None), "null_keys": (0, 2)},
            "windows of counts": {
                ("2026-05-01", "null_keys"): (0, 1),
                ("2026-05-02", "rows"): (2, 3),
                ("2026-05-02", "null_keys"): (0, 1),
            },
        },
        {"window": WINDOW},
        drops_index=True,
    ),
    Fault(
        "key of more rows than its fan-out",
        (
            "insert into marts.devices select d.* from marts.devices as d, generate_series(1, 2)"
            " where d.device_id = 'D-1'",
        ),
        {"counts": {"duplicate_keys": (None, 1)}, "accounting": {"mart_rows": (9, 7)}},
        {"fan_out": 2},
        drops_index=True,
    ),
    Fault(
        "gap between declared windows",
        (
            "update onerow.batches set window_start = '2026-05-01', window_end = '2026-05-02' where batch_no = 1",
            "update onerow.batches set window_start = '2026-05-03', window_end = '2026-05-04' where batch_no = 2",
        ),
        {"windows": {"missing_windows": (1, None)}},
    ),
    Fault(
        "batch that nobody consumed",
        (
            "insert into onerow.batches (source, batch_id, extracted_at, row_count, landed_at)"
            " values ('devices', 'late', now(), 0, now() - interval '2 days')",
        ),
        {"windows": {"unconsumed_batches": (1, None)}},
    ),
    Fault(
        "batch loaded twice",
        (f"update onerow.load_outcomes set row_count = 2 * row_count where {OF_BATCH_2}",),
        {"accounting": {"outcome_rows": (11, 14), "mart_rows": (7, 8)}},
    ),
    Fault(
        "batch half loaded",
        (
            f"update onerow.load_outcomes set row_count = row_count - 1 where {OF_BATCH_2} and outcome = 'new'",
            "delete from marts.devices where device_id = 'D-7'",
        ),
        {
            "counts": {**rows(7, 6), "missing_keys": (1, None)},
            "accounting": {"outcome_rows": (11, 10)},
        },
    ),
    Fault(
        "outcome miscounted",
        (f"update onerow.load_outcomes set row_count = row_count + 5 where {OF_BATCH_2} and outcome = 'stale'",),
        {"accounting": {"outcome_rows": (11, 16)}},
    ),
    Fault(
        "outcomes that cancel in the sum",
        (
            f"update onerow.load_outcomes set row_count = row_count + 1 where {OF_BATCH_2} and outcome = 'modified'",
            "update onerow.load_outcomes set row_count = row_count - 1 where batch_no = 1 and outcome = 'rejected'",
        ),
        {"accounting": {"outcome_rows": (11, 11), "rejected_rows": (2, 1)}},
    ),
    Fault(
        "row lost from landing",
        ("delete from landing.devices where device_id = 'D-5' and _batch_no = 2",),
        {"accounting": {"landed_rows": (10, 11), "claimed_rows": (10, 11), "outcome_rows": (10, 11)}},
    ),
    Fault(
        "malformed line forgotten",
        ("delete from onerow.dead_letters where raw = 'D-8,too,short'",),
        {"accounting": {"malformed_lines": (0, 1)}},
    ),
    Fault(
        "batch quarantined after its load",
        ("update onerow.batches set quarantined_at = now() where batch_no = 2",),
        {"accounting": {"quarantined_rows": (0, 3)}},
    ),
    Fault(
        "growth with no source",
        (f"{INSERT} ('GHOST', 'm', '2026-05-01')",),
        {"growth": {"grown_rows": (0, 1)}, "accounting": {"mart_rows": (8, 7)}},
        was_equal=True,
    ),
    Fault(
        "growth of one window that another hides",
        (
            "delete from marts.devices where device_id = 'D-7'",
            f"{INSERT} ('GHOST', 'm', '2026-05-01')",
        ),
        {"growth": {"grown_rows": (0, 0)}, "counts": {"missing_keys": (1, None), "unexpected_keys": (None, 1)}},
        {"window": WINDOW},
        was_equal=True,
    ),
    Fault(
        "column gone",
        ("alter table marts.devices drop column firmware",),
        {"schema": {"declared_columns": (7, 6)}},
    ),
    Fault(
        "column of another type",
        ("alter table marts.devices alter column firmware type integer using 1",),
        {"schema": {"declared_columns": (7, 6)}},
    ),
    Fault(
        "precision lost since the last run",
        ("alter table marts.devices alter column reported_at type timestamptz(0)",),
        {"schema": {"changed_columns": (None, 1)}},
        was_equal=True,
    ),
    Fault(
        "swapped keys",
        (
            "update marts.devices set device_id = case device_id when 'D-1' then 'D-2' else 'D-1' end"
            " where device_id in ('D-1', 'D-2')",
        ),
        {"rows": {"modified_rows": (None, 2), "modified.firmware": (None, 2), "modified.reported_at": (None, 2)}},
        {"source": SOURCE, "compare": COLUMNS},
        drops_index=True,
    ),
    Fault(
        "value off by one in one column",
        ("update marts.devices set firmware = '1.1' where device_id = 'D-3'",),
        modified("firmware"),
        {"source": SOURCE, "compare": COLUMNS},
    ),
    Fault(
        "value that is gone",
        ("update marts.devices set site = null where device_id in ('D-3', 'D-4')",),
        modified("site", 2),
        {"source": SOURCE, "compare": COLUMNS},
    ),
    Fault(
        "empty text for NULL",
        (
            "update marts.devices set site = '' where device_id = 'D-3'",
            "update shop.devices set site = null where device_id = 'D-3'",
        ),
        modified("site"),
        {"source": SOURCE, "compare": COLUMNS},
    ),
    Fault(
        "trailing space",
        ("update marts.devices set status = status || ' ' where device_id = 'D-3'",),
        modified("status"),
        {"source": SOURCE, "compare": COLUMNS},
    ),
    Fault(
        "time zone shift",
        ("update marts.devices set reported_at = reported_at + interval '2 hours'",),
        modified("reported_at", 7),
        {"source": SOURCE, "compare": COLUMNS},
    ),
    Fault(
        "value that was not delivered",
        ("update marts.devices set status = 'retired', site = null where device_id = 'D-5'",),
        {"rows": {"modified_rows": (None, 1), "modified.site": (None, 1), "modified.status": (None, 1)}},
        {"compare": COLUMNS},
    ),
    Fault(
        "state older than the newest delivered",
        ("update marts.devices set firmware = '1.0', reported_at = '2026-05-01' where device_id = 'D-1'",),
        {"rows": {"modified_rows": (None, 1), "modified.firmware": (None, 1), "modified.reported_at": (None, 1)}},
        {"compare": COLUMNS},
    ),
    Fault(
        "float noise",
        (
            "alter table marts.devices add column volts float8 default 0.1::float8 + 0.2::float8",
            "alter table shop.devices add column volts float8 default 0.3",
        ),
        modified("volts", 7),
        {"source": SOURCE, "compare": ["volts"]},
    ),
    Fault(
        "state that is older than the source's",
        ("update marts.devices set firmware = '1.0', reported_at = '2026-05-01' where device_id = 'D-1'",),
        {"rows": {"modified_rows": (None, 1), "modified.firmware": (None, 1), "modified.reported_at": (None, 1)}},
        {"source": SOURCE, "compare": COLUMNS},
    ),
]
