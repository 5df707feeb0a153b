"""The truth itself, on cases small enough to be worked out by hand."""

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from truth import devices
from truth.canonical import content
from truth.devices import Row

NOON = "2026-05-01T12:00:00Z"
LATER = "2026-05-01T13:00:00Z"


def row(batch_no, line_number, device_id="a", firmware="1", reported_at=NOON):
    return Row(batch_no, line_number, (device_id, "m", firmware, None, "active", reported_at))


def load(*loads):
    """Load groups of rows; each row brings its own batch, and a group is the batches of its rows."""
    delivered = {}
    for rows in loads:
        for each in rows:
            delivered.setdefault(each.batch_no, []).append(each)
    groups = [sorted({each.batch_no for each in rows}) for rows in loads]
    return devices.load_all(groups, delivered)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-05-01", datetime(2026, 5, 1, tzinfo=UTC)),
        ("2026-05-01T12:30", datetime(2026, 5, 1, 12, 30, tzinfo=UTC)),
        ("2026-05-01 12:30:01.5", datetime(2026, 5, 1, 12, 30, 1, 500000, tzinfo=UTC)),
        ("2026-05-01T00:30:00+02:00", datetime(2026, 4, 30, 22, 30, tzinfo=UTC)),
        ("2026-05-01T12:30:00-0530", datetime(2026, 5, 1, 18, 0, tzinfo=UTC)),
        ("2026-05-01T12:30:00+02", datetime(2026, 5, 1, 10, 30, tzinfo=UTC)),
        ("2026-05-01 12:30:00 Z", datetime(2026, 5, 1, 12, 30, tzinfo=UTC)),
        ("2026-05-01T24:00", datetime(2026, 5, 2, tzinfo=UTC)),
        ("2026-05-01T23:59:60Z", datetime(2026, 5, 2, tzinfo=UTC)),
        ("2024-02-29T00:00:00Z", datetime(2024, 2, 29, tzinfo=UTC)),
    ],
)
def test_a_time_without_a_zone_is_utc_and_a_zone_is_applied(text, expected):
    """Guard: the zone in read_time."""
    assert devices.read_time(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "2026-02-30",
        "2026-13-01",
        "0000-01-01",
        "2026-05-01T25:00Z",
        "2026-05-01T24:00:01",
        "2026-05-01T12:60",
        "2026-05-01T12:00+16",
        "2026-05-01T12:00+02:60",
        "2026-05-01T",
        "2026-05-01 ",
        "2026-W18-5",
        "01.05.2026",
        "1777802400",
        "now",
        "infinity",
        "",
    ],
)
def test_what_is_no_real_time_is_no_time(text):
    """Guard: the pattern and the calendar in read_time."""
    assert devices.read_time(text) is None


def test_every_reason_of_a_row_is_listed():
    """Guard: reasons() does not stop at the first."""
    assert devices.reasons(row(1, 2)) == []
    assert devices.reasons(row(1, 2, device_id=" \t", reported_at=None)) == ["missing:device_id", "missing:reported_at"]
    assert devices.reasons(row(1, 2, device_id=None, reported_at="never")) == [
        "missing:device_id",
        "invalid_timestamptz:reported_at",
    ]


def test_outcomes_of_one_row_after_another():
    """Guard: each branch of _outcome."""
    truth = load(
        [row(1, 2)],
        [row(2, 2)],
        [row(3, 2, firmware="2", reported_at="2026-05-01T11:00Z")],
        [row(4, 2, reported_at=LATER)],
        [row(5, 2, device_id=None)],
    )
    assert truth.outcomes == {
        (1, "new"): 1,
        (2, "unchanged"): 1,
        (3, "stale"): 1,
        (4, "modified"): 1,
        (5, "rejected"): 1,
    }
    assert truth.rows == [("a", "m", "1", None, "active", datetime(2026, 5, 1, 13, tzinfo=UTC), 4)]


def test_a_batch_that_changed_nothing_is_not_named_by_the_row():
    """Guard: only new and modified rows are written."""
    assert load([row(1, 2)], [row(2, 2)]).mart["a"].batch_no == 1


def test_one_load_folds_the_rows_of_a_key_and_the_earlier_of_equal_rows_stays():
    """Guard: the fold in _load."""
    truth = load([row(1, 3), row(1, 2), row(2, 2, firmware="2"), row(2, 3, firmware="0")])
    assert truth.outcomes == {(2, "new"): 1, (1, "superseded"): 2, (2, "superseded"): 1}
    assert truth.mart["a"].firmware == "2"
    assert load([row(1, 2), row(2, 2)]).outcomes == {(1, "new"): 1, (2, "superseded"): 1}


def test_the_order_of_loads_does_not_change_the_state():
    """Guard: rank decides, not the order of arrival."""
    rows = [
        row(1, 2),
        row(2, 2, reported_at=LATER),
        row(3, 2, firmware="2", reported_at=LATER),
        row(4, 2, firmware=None, reported_at=LATER),
    ]
    states = {tuple(load(*([each] for each in order)).rows[0][:-1]) for order in permutations(rows)}
    assert len(states) == 1


def test_content_is_ordered_by_code_point_and_null_after_text():
    """Guard: the canonical text is that of PostgreSQL, compared without a locale."""
    assert content(["é"]) > content(["z"])
    assert content(["\U0001f3f4"]) > content(["\ufb00"])
    assert content([None]) > content(["zzz"])
    assert content(['a"\\\n\x01', None]) == '["a\\"\\\\\\n\\u0001", null]'


def test_claims_of_one_transaction_are_one_load():
    """Guard: grouping by xid, in order of claimed_at and not of batch or xid."""
    start = datetime(2026, 5, 1, tzinfo=UTC)
    claims = [(1, 900, start + timedelta(1)), (2, 901, start), (3, 900, start + timedelta(1))]
    assert devices.loads(claims) == [[2], [1, 3]]
