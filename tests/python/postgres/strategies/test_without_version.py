"""upsert of a source without a version column: batches order rows by the time of their extraction."""

from postgres.strategies.things import mart, row

_COLUMNS = ("thing", "value", "note")


def test_the_newest_extraction_stands_whatever_arrives_when(things):
    """Also where it delivered a row unchanged, and wrote nothing. Guards: order_batches, bring_in_newer."""
    things = things.with_marts(latest=mart("upsert", columns=_COLUMNS))
    things.land(row("confirmed"), row("left out"), row("changed"), row("tie", value="b"), extracted=1)
    assert things.load("latest") == "4 new"
    things.land(
        row("confirmed"), row("changed", value="newest"), row("gone", value="x"), row("tie", value="c"), extracted=5
    )
    assert things.load("latest") == "1 new, 2 modified, 1 unchanged"
    written = things.written("latest")

    late = things.land(
        row("confirmed", value="late"), row("changed", value="late"), row("left out", value="late"),
        row("late alone", value="late"), row("tie", value="z"), extracted=3,
    )  # fmt: skip
    assert things.load("latest") == "1 new, 1 modified, 3 stale"
    assert things.rows("latest", "thing, value") == [
        ("changed", "newest"), ("confirmed", "a"), ("gone", "x"), ("late alone", "late"), ("left out", "late"),
        ("tie", "c"),
    ]  # fmt: skip
    # Only the row that the late batch is the newest to speak of was written, and the new one.
    assert len(set(things.written("latest")) - set(written)) == 2
    assert things.outcomes("latest")[late] == {"new": 1, "modified": 1, "stale": 3}
    things.assert_accounted("latest")

    # Two late ones in one load, the newer of them first.
    things.land(row("left out", value="4"), row("late alone", value="4"), extracted=4)
    things.land(row("left out", value="2"), row("only there", value="2"), extracted=2)
    assert things.load("latest") == "1 new, 2 modified, 1 superseded"
    before = things.rows("latest", "thing, value")
    assert dict(before) == {
        "changed": "newest", "confirmed": "a", "gone": "x", "late alone": "4", "left out": "4", "only there": "2",
        "tie": "c",
    }  # fmt: skip
    things.load("latest", full_refresh=True)
    assert things.rows("latest", "thing, value") == before
    things.assert_accounted("latest")


def test_a_late_batch_needs_what_newer_ones_delivered(things):
    """Where landing no longer has it, the late batch would undo them. Guard: require_newer_in_landing."""
    things = things.with_marts(latest=mart("upsert", columns=_COLUMNS))
    newest = things.land(row("a", value="newest"), row("b"), extracted=5)
    things.load("latest")
    things.database.execute("delete from landing.things where thing = 'a'")
    late = things.land(row("a", value="late"), extracted=1)
    said = things.refused("latest")
    assert f"landing holds 1 of the 2 rows of batch {newest}: an older batch has arrived late" in said
    assert things.rows("latest", "thing, value") == [("a", "newest"), ("b", "a")]
    # It does not stand in the way of what is newer than all.
    things.database.execute("update onerow.batches set quarantined_at = now() where batch_no = %s", late)
    things.land(row("a", value="newer"), extracted=6)
    assert things.load("latest") == "1 modified"
