"""Writers that know nothing of onerow, between a load's plan and its write: as if they had come before it, or after."""

from contextlib import contextmanager

import pytest

from harness.stopped_load import stopped_load
from postgres.strategies.things import hour, mart, row

MARTS = {
    "merged": mart("upsert", version_column="version", conflict_resolution="merge"),
    "first": mart("insert_new", version_column="version"),
    "windowed": mart("replace_window", key=["thing", "at"], window_column="at"),
}


@pytest.fixture
def stopped(gate):
    """Run a mart's load, stopped between plan and write while the block is executed."""

    @contextmanager
    def run(things, mart):
        with stopped_load(things.project, things.database, gate, mart):
            yield
        things.assert_accounted(mart)

    return run


def put(things, mart, thing, version=None, value=None, note=None, at=None):
    """Put a row in the place of the mart's row of a thing."""
    delete(things, mart, thing)
    things.database.execute(
        f"insert into marts.{mart} (thing, version, value, note, at) values (%s, %s, %s, %s, %s)",
        *(thing, version, value, note, at),
    )


def delete(things, mart, thing):
    """Delete a thing."""
    things.database.execute(f"delete from marts.{mart} where thing = %s", thing)


def test_merge_meets_the_fields_that_are_there_at_the_write(things, stopped):
    """Guards: the guard and the SET list of upsert_rows, the loop in write_load."""
    things = things.with_marts(merged=MARTS["merged"])
    names = ("deleted", "raced", "filled", "reached", "idle")
    things.land(*(row(thing, 1, "a", "x") for thing in names))
    things.load("merged")
    batch = things.land(*(row(thing, 2, "b") for thing in (*names[:4], "early", "late")), row("idle", 1, "a", "x"))
    with stopped(things, "merged"):
        delete(things, "merged", "deleted")
        put(things, "merged", "raced", 9, "z", "z")
        put(things, "merged", "filled", 9, None, "z")
        put(things, "merged", "reached", 2, "b", "x")
        put(things, "merged", "early", 1, "a", "y")
        put(things, "merged", "late", 9, "z", "z")
    assert things.rows("merged", "thing, version, value, note, _field_versions") == [
        ("deleted", 2, "b", None, None),
        ("early", 2, "b", "y", {"note": 1}),
        ("filled", 9, "b", "z", {"value": 2}),
        ("idle", 1, "a", "x", None),
        ("late", 9, "z", "z", None),
        ("raced", 9, "z", "z", None),
        ("reached", 2, "b", "x", None),
    ]
    assert things.outcomes("merged")[batch] == {"new": 1, "modified": 2, "stale": 2, "unchanged": 2}


def test_insert_new_keeps_what_is_there_at_the_write(things, stopped):
    """Guards: `do nothing`, the loop in write_load."""
    things = things.with_marts(first=MARTS["first"])
    things.land(row("there"), row("gone"))
    things.load("first")
    batch = things.land(row("there"), row("gone"), row("new"), row("raced"), row("reached"))
    with stopped(things, "first"):
        delete(things, "first", "gone")
        put(things, "first", "raced", 1, "z")
        put(things, "first", "reached", 1, "a")
    # `gone` was there when the load looked: as if it had been deleted afterwards.
    assert things.rows("first", "thing, value") == [("new", "a"), ("raced", "z"), ("reached", "a"), ("there", "a")]
    assert things.outcomes("first")[batch] == {"new": 1, "stale": 1, "unchanged": 3}


def test_a_window_withdraws_what_is_there_at_the_write(things, stopped):
    """A foreign row in the window goes, one that is gone already is not counted. Guards: withdraw_rows, is_fresh."""
    things = things.with_marts(windowed=MARTS["windowed"])
    things.land(*(row(thing, at=1) for thing in ("kept", "changed", "old", "gone")), row("outside", at=2))
    things.load("windowed")
    batch = things.land(
        row("kept", at=1),
        row("changed", 1, "b", at=1),
        row("new", at=1),
        row("raced", 1, "b", at=1),
        extracted=1,
        window=(1, 2),
    )
    with stopped(things, "windowed"):
        delete(things, "windowed", "changed")
        delete(things, "windowed", "gone")
        put(things, "windowed", "raced", 9, "z", at=hour(1))
        put(things, "windowed", "foreign", at=hour(1.5))
        put(things, "windowed", "foreign outside", at=hour(2))
    assert things.rows("windowed", "thing, value") == [
        ("changed", "b"), ("foreign outside", None), ("kept", "a"), ("new", "a"), ("outside", "a"), ("raced", "b"),
    ]  # fmt: skip
    assert things.outcomes("windowed")[batch] == {"new": 2, "modified": 1, "unchanged": 1}
    assert things.database.value("select withdrawn_count from onerow.claims where batch_no = %s", batch) == 2
