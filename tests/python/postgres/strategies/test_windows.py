"""replace_window: the newest batch that declares a window says what lies in it, exactly within [start, end)."""

from datetime import timedelta

import pytest

from postgres.strategies.things import hour, mart, row

WINDOWED = mart("replace_window", key=["thing", "at"], window_column="at", settings={"indexes": [{"columns": ["at"]}]})
_MICROSECOND = timedelta(microseconds=1)
_NAMES = "thing, value"


@pytest.fixture
def windowed(things):
    """The mart `windowed`."""
    return things.with_marts(windowed=WINDOWED)


def withdrawn(things):
    """How many rows each batch has withdrawn, of those that did."""
    return dict(things.database.rows("select batch_no, withdrawn_count from onerow.claims where withdrawn_count > 0"))


def test_a_window_withdraws_from_its_start_to_before_its_end(windowed):
    """To the microsecond, and counted. Guard: the comparisons in withdraw_rows and mark_unfit_rows."""
    edges = {
        "before": hour(1) - _MICROSECOND, "first": hour(1), "kept": hour(1.5), "last": hour(2) - _MICROSECOND,
        "end": hour(2),
    }  # fmt: skip
    windowed.land(*(row(thing, at=at) for thing, at in edges.items()))
    windowed.land(*(row(f"{thing} delivered", at=at) for thing, at in edges.items()), extracted=1)
    windowed.load("windowed")
    delivered = [row(f"{thing} delivered", at=edges[thing]) for thing in ("first", "last")]
    batch = windowed.land(
        *delivered, row("kept", at=edges["kept"]), row("new", at=hour(1.2)), extracted=2, window=(1, 2)
    )
    assert windowed.load("windowed") == "1 new, 3 unchanged; 3 withdrawn"
    assert [thing for (thing,) in windowed.rows("windowed", "thing")] == [
        "before", "before delivered", "end", "end delivered", "first delivered", "kept", "last delivered", "new",
    ]  # fmt: skip
    assert withdrawn(windowed) == {batch: 3}

    # Declared once more with the same content, nothing is written.
    written = windowed.written("windowed")
    windowed.land(*delivered, row("kept", at=edges["kept"]), row("new", at=hour(1.2)), extracted=3, window=(1, 2))
    assert windowed.load("windowed") == "4 unchanged"
    assert windowed.written("windowed") == written
    windowed.assert_accounted("windowed")


def test_overlapping_windows_count_by_extraction(windowed):
    """[2, 3) then [1, 3); the same in the other order; a late one between; all in one load. Guard: cut_segments."""

    def windows(shift, *, order):
        given = {
            "inner": ((2, 3), [row("inner", 1, at=shift + 2), row("both", 1, "inner", at=shift + 2)]),
            "outer": ((1, 3), [row("outer", 1, at=shift + 1), row("both", 1, "outer", at=shift + 2)]),
        }
        extracted = {"inner": 1, "outer": 2}
        for name in order:
            (start, end), rows = given[name]
            yield {"window": (shift + start, shift + end), "extracted": extracted[name], "rows": rows}

    in_order, late, together = (list(windows(shift, order=order)) for shift, order in (
        (0, ("inner", "outer")), (10, ("outer", "inner")), (20, ("outer", "inner")),
    ))  # fmt: skip
    for deliveries in ((in_order[0], late[0]), (in_order[1], late[1], *together)):
        for delivery in deliveries:
            windowed.land(*delivery["rows"], window=delivery["window"], extracted=delivery["extracted"])
        windowed.load("windowed")
    expected = [(thing, value, hour(shift + at)) for shift in (0, 10, 20)
                for thing, value, at in (("outer", "a", 1), ("both", "outer", 2))]  # fmt: skip
    assert windowed.rows("windowed", "thing, value, at") == sorted(expected)
    windowed.load("windowed", full_refresh=True)
    assert windowed.rows("windowed", "thing, value, at") == sorted(expected)
    windowed.assert_accounted("windowed")


def test_late_rows_count_unless_a_newer_window_covers_them(windowed):
    """With and without a window of their own. Guards: is_outdated in plan_rows, bring_in_newer."""
    windowed.land(row("delivered", at=1), row("shared", 1, "newest", at=1.5), extracted=5, window=(1, 2))
    windowed.load("windowed")
    without = windowed.land(row("inside", at=1), row("outside", at=2), extracted=1)
    later = windowed.land(row("after", at=1), extracted=6)
    with_window = windowed.land(
        row("inside too", at=1.5), row("beside", at=2.5), row("shared", 1, "older", at=1.5), extracted=2, window=(1, 3)
    )
    assert windowed.load("windowed") == "2 new, 4 stale"
    # The older window withdraws too, where no newer one stands: `outside` is older still.
    assert windowed.rows("windowed", _NAMES) == [
        ("after", "a"), ("beside", "a"), ("delivered", "a"), ("shared", "newest"),
    ]  # fmt: skip
    assert windowed.outcomes("windowed")[without] == {"stale": 2}
    assert windowed.outcomes("windowed")[later] == {"new": 1}
    assert windowed.outcomes("windowed")[with_window] == {"new": 1, "stale": 2}


def test_a_window_that_is_not_whole_is_set_aside_and_its_siblings_load(windowed, capsys):
    """With a refused row, a malformed line, a row outside, no row. Guards: set_aside_bad_windows, mark_unfit_rows."""
    windowed.land(*(row(f"kept {number}", at=number) for number in range(1, 6)))
    windowed.load("windowed")
    bad = {
        windowed.land(row("a", at=1), row("refused", "?", at=1), window=(1, 2), extracted=1): "1 of its rows or lines",
        windowed.land(row("b", at=2), malformed=2, window=(2, 3), extracted=1): "2 of its rows or lines are refused",
        windowed.land(row("c", at=3), row("outside", at=8), window=(3, 4), extracted=1): "1 of its rows or lines",
        windowed.land(window=(4, 5), extracted=1): "is empty",
    }
    sibling = windowed.land(row("d", at=5), window=(5, 6), extracted=1)
    plain = windowed.land(row("plain", "?", at=6), row("plain", at=6), extracted=1)
    capsys.readouterr()
    assert windowed.load("windowed") == "2 new, 1 rejected; 1 withdrawn"
    said = " ".join(capsys.readouterr().out.split())
    for batch, why in bad.items():
        assert f"batch {batch} of things declares a window but {why}" in said
    assert windowed.rows("windowed", _NAMES) == [
        ("d", "a"), ("kept 1", "a"), ("kept 2", "a"), ("kept 3", "a"), ("kept 4", "a"), ("plain", "a"),
    ]  # fmt: skip
    assert set(windowed.outcomes("windowed")) == {1, sibling, plain}
    quarantined = "select batch_no from onerow.batches where quarantined_at is not null order by 1"
    assert windowed.database.rows(quarantined) == [(batch,) for batch in bad]
    letters = "select batch_no, reasons from onerow.dead_letters order by 1"
    refused, _, outside, _ = bad
    assert windowed.database.rows(letters) == [
        (refused, ["invalid_integer:version"]), (outside, ["outside_window:at"]), (plain, ["invalid_integer:version"]),
    ]  # fmt: skip
    assert windowed.load("windowed") == "nothing to load"

    # Let go, they load as they are.
    windowed.database.execute(
        "update onerow.batches set quarantined_at = null, released_at = now() where quarantined_at is not null"
    )
    assert windowed.load("windowed") == "3 new, 2 rejected; 4 withdrawn"
    assert windowed.rows("windowed", _NAMES) == [("a", "a"), ("b", "a"), ("c", "a"), ("d", "a"), ("plain", "a")]
    windowed.assert_accounted("windowed")
    # What was refused then is not read again by a late batch as if it were good.
    windowed.land(row("outside", 1, "late", at=8), extracted=0.5)
    assert windowed.load("windowed") == "1 new"
    assert windowed.rows("windowed", _NAMES)[4] == ("outside", "late")
    assert len(windowed.database.rows(letters)) == 3


def test_only_marts_of_windows_refuse_a_row_outside_its_window(windowed):
    """Another mart of the source has it, also after the letter was written. Guard: refuse_dead_letters leaves it."""
    both = windowed.with_marts(windowed=WINDOWED, plain=mart("upsert", version_column="version"))
    batch = both.land(row("in", at=1), row("outside", at=8), row("refused", "?", at=1), window=(1, 2))
    both.database.execute("update onerow.batches set released_at = now() where batch_no = %s", batch)
    assert both.load("windowed") == "1 new, 2 rejected"
    assert both.load("plain") == "2 new, 1 rejected"


def test_an_empty_window_withdraws_with_leave(things):
    """Guard: allow_empty_window."""
    model = mart("replace_window", key=["thing", "at"], window_column="at", allow_empty_window=True)
    things = things.with_marts(windowed=model)
    things.land(row("in", at=1), row("out", at=2))
    things.load("windowed")
    batch = things.land(window=(1, 2), extracted=1)
    assert things.load("windowed") == "nothing to load; 1 withdrawn"
    assert things.rows("windowed", "thing") == [("out",)]
    assert withdrawn(things) == {batch: 1}


def test_two_runs_at_once_with_overlapping_windows(windowed, gate):
    """The second waits, and claims what landed after the first had claimed. Guard: lock_relation."""
    windowed.land(*(row(f"old {number}", at=number) for number in (1, 2, 3)))
    windowed.load("windowed")
    windowed.land(row("first", at=1), row("shared", 1, "first", at=2), window=(1, 3), extracted=1)
    with gate.hold("onerow.load_outcomes"):
        first = windowed.project.start_dbt("run", "--select", "windowed")
        gate.wait_until_waiting(1, [first], of=".marts.windowed")
        windowed.land(row("second", at=3), row("shared", 1, "second", at=2), window=(2, 4), extracted=2)
        second = windowed.project.start_dbt("run", "--select", "windowed")
        gate.wait_until_waiting(2, [first, second], of=".marts.windowed")
    assert [run.wait().returncode for run in (first, second)] == [0, 0]
    assert windowed.rows("windowed", _NAMES) == [("first", "a"), ("second", "a"), ("shared", "second")]
    assert windowed.outcomes("windowed") == {1: {"new": 3}, 2: {"new": 2}, 3: {"new": 1, "modified": 1}}
    assert withdrawn(windowed) == {2: 2, 3: 1}


def test_the_cost_follows_the_window(windowed, gate):
    """The mart is never read whole, the index on its time is used. Guard: withdraw_rows compares the bare column."""
    windowed.land(row("a", at=1))
    windowed.load("windowed")
    windowed.database.execute(
        "insert into marts.windowed (thing, at) select 'many ' || n, %s::timestamptz + n * interval '1 minute'"
        " from generate_series(1, 200000) as n",
        hour(0),
    )
    windowed.database.execute("analyze marts.windowed")
    read = (
        "select coalesce(seq_tup_read, 0), coalesce(idx_tup_fetch, 0)"
        " from pg_stat_all_tables where relid = 'marts.windowed'::regclass"
    )
    windowed.land(
        *(row(f"many {number}", at=number / 60) for number in range(6_000, 6_030)), window=(100, 101), extracted=1
    )
    windowed.database.value("select pg_stat_force_next_flush()")
    before = windowed.database.rows(read)[0]
    assert windowed.load("windowed").endswith("; 30 withdrawn")
    sessions = "select count(*) from pg_stat_activity where datname = current_database() and application_name <> 'test'"
    gate.wait_until(lambda: windowed.database.value(sessions) == 0, seconds=10)
    after = windowed.database.rows(read)[0]
    assert after[0] - before[0] == 0, "the whole table was read"
    assert after[1] - before[1] < 500


def test_a_version_orders_the_rows_that_count_and_no_others(things):
    """A newer window brings a lower version; rows after it compete by version. Guards: is_fresh, outcome_of."""
    model = mart("replace_window", key=["thing", "at"], window_column="at", version_column="version")
    things = things.with_marts(windowed=model)
    things.land(row("a", 5, "first", at=1), extracted=1, window=(1, 2))
    things.land(row("b", 5, "first", at=10), extracted=5, window=(10, 11))
    things.load("windowed")
    things.land(row("a", 3, "window", at=1), extracted=2, window=(1, 2))
    assert things.load("windowed") == "1 modified"
    things.land(row("a", 4, "after", at=1), extracted=3)
    things.land(row("a", 2, "lower", at=1), extracted=4)
    things.land(row("b", 9, "late", at=10), extracted=1)
    assert things.load("windowed") == "1 modified, 1 stale, 1 superseded"
    assert things.rows("windowed", "thing, version, value") == [("a", 4, "after"), ("b", 5, "first")]
    things.load("windowed", full_refresh=True)
    assert things.rows("windowed", "thing, version, value") == [("a", 4, "after"), ("b", 5, "first")]


@pytest.mark.parametrize("where", ["in the mart", "in the load"])
def test_a_key_with_two_times_is_refused(things, where):
    """A window could not tell which row to bring back. Guard: require_one_time."""
    things = things.with_marts(windowed=mart("replace_window", window_column="at"))
    things.land(row("moved", at=1), row("stays", at=1))
    if where == "in the mart":
        things.load("windowed")
    things.land(row("moved", at=2), row("stays", 2, at=1), extracted=1)
    said = things.refused("windowed")
    assert 'but {"thing": "moved"} has 2026-01-01 01:00:00+00 and 2026-01-01 02:00:00+00' in said
    assert "make at part of the unique_key" in said
