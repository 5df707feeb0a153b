"""What makes a difference, and how a report becomes JSON."""

import json
from datetime import UTC, datetime
from uuid import UUID

import pytest

from onerow.reconcile.report import Figure, Finding, LevelResult, MartResult, Report, SchemaChange


def report_of(*figures: Figure) -> Report:
    """Return a report of one mart and one level."""
    level = LevelResult("counts", list(figures), [Finding("missing_keys", 1, [{"natural_key": {"id": "ø"}}])])
    at = datetime(2026, 5, 2, 6, 0, tzinfo=UTC)
    change = SchemaChange("battery", "added", 2, "kept in _unexpected", at)
    mart = MartResult("devices", "db.marts.devices", "devices", [3], [level], [change])
    return Report(UUID(int=1), at, [mart])


@pytest.mark.parametrize(
    ("figure", "difference", "status"),
    [
        (Figure("keys", 7, 7, 0, None), 0, "ok"),
        (Figure("keys", 7, 6, 1, None), -1, "difference"),
        (Figure("missing_keys", 2, None, 2, "missing_keys"), -2, "difference"),
        (Figure("unexpected_keys", None, 2, 2, "unexpected_keys"), 2, "difference"),
        (Figure("null_keys", 1, 1, 1, "null_keys"), 0, "difference"),
        (Figure("waiting_rows", 9, None, None, None), None, "info"),
    ],
    ids=["equal", "unequal", "source_only", "destination_only", "equal_but_violated", "informs"],
)
def test_violations_decide_and_not_the_difference(figure, difference, status):
    """Errors that cancel each other are differences. Guard: Figure.status."""
    assert figure.difference == difference
    assert figure.status == status
    assert report_of(figure).status == ("difference" if status == "difference" else "ok")


def test_batches_that_wait_are_no_difference():
    """Guard: MartResult.status."""
    report = report_of(Figure("keys", 7, 7, 0, None))

    assert report.marts[0].waiting_batches == [3]
    assert report.status == "ok"


def test_json_holds_what_its_reference_describes():
    """The names of docs/reference/reconcile-json.md, in its order. Guard: Report.to_json."""
    report = report_of(Figure("missing_keys", 1, None, 1, "missing_keys"))

    assert json.loads(json.dumps(report.to_json())) == {
        "run_id": "00000000-0000-0000-0000-000000000001",
        "reconciled_at": "2026-05-02T06:00:00+00:00",
        "status": "difference",
        "marts": [
            {
                "model": "devices",
                "relation": "db.marts.devices",
                "source": "devices",
                "status": "difference",
                "waiting_batches": [3],
                "schema_changes": [
                    {
                        "column_name": "battery",
                        "change": "added",
                        "batch_no": 2,
                        "action": "kept in _unexpected",
                        "seen_at": "2026-05-02T06:00:00+00:00",
                    }
                ],
                "levels": [
                    {
                        "level": "counts",
                        "status": "difference",
                        "figures": [
                            {
                                "figure": "missing_keys",
                                "window_start": None,
                                "source": 1,
                                "destination": None,
                                "difference": -1,
                                "violations": 1,
                                "rule": "missing_keys",
                                "tolerance": None,
                                "status": "difference",
                            }
                        ],
                        "findings": [
                            {"rule": "missing_keys", "violations": 1, "samples": [{"natural_key": {"id": "ø"}}]}
                        ],
                    }
                ],
            }
        ],
    }
