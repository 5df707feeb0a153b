"""A source's tombstone marks the row deleted and keeps it, so that an older row cannot bring it back."""

import pytest

from harness.dbt_project import message
from postgres.strategies.things import mart, row

_TOMBSTONE = {"version_column": "version", "deleted_when": "note = 'deleted'"}
MARTS = {
    "replaced": mart("upsert", key=["thing", "part"], conflict_resolution="replace", **_TOMBSTONE),
    "merged": mart("upsert", key=["thing", "part"], conflict_resolution="merge", **_TOMBSTONE),
}


@pytest.fixture
def both(things):
    """Load both marts; return what dbt says of each."""
    both = things.with_marts(**MARTS)

    def load():
        outcome = both.run(*MARTS)
        assert outcome.success, outcome.exception
        return {mart: message(outcome, mart).partition(": ")[2] for mart in MARTS}

    return load


def deleted(things, mart):
    """The deleted rows: when each was found to be."""
    return dict(things.database.rows(f"select thing, _deleted_at from marts.{mart} where _deleted_at is not null"))


def test_a_deleted_row_stays_deleted_until_a_newer_one(things, both):
    """Also one with a NULL in its key. Guards: the row that is kept, replaced_values, mark_deleted."""
    keys = {"old": "p", "new": "p", "again": "p", "retried": None}
    things.land(*(row(thing, 1, "a", part=part) for thing, part in keys.items()))
    both()
    # The tombstone says nothing else: to merge, the value stays.
    things.land(*(row(thing, 3, None, "deleted", part=part) for thing, part in keys.items()))
    assert set(both().values()) == {"4 modified"}
    since = {mart: deleted(things, mart) for mart in MARTS}
    assert [set(rows) for rows in since.values()] == [set(keys)] * 2
    written = {mart: things.written(mart) for mart in MARTS}

    # Again, as another batch: nothing is written.
    things.land(*(row(thing, 3, None, "deleted", part=part) for thing, part in keys.items()))
    assert set(both().values()) == {"4 unchanged"}
    assert {mart: things.written(mart) for mart in MARTS} == written

    things.land(row("old", 2, "b", "kept", part="p"), row("new", 4, "b", "kept", part="p"),
                row("again", 5, None, "deleted", part="p"))  # fmt: skip
    # To merge, the older row still gives a value: the tombstone had none.
    assert both() == {"replaced": "2 modified, 1 stale", "merged": "3 modified"}
    values = "thing, version, value, note"
    assert things.rows("replaced", values) == [
        ("again", 5, None, "deleted"), ("new", 4, "b", "kept"), ("old", 3, None, "deleted"),
        ("retried", 3, None, "deleted"),
    ]  # fmt: skip
    assert things.rows("merged", values) == [
        ("again", 5, "a", "deleted"), ("new", 4, "b", "kept"), ("old", 3, "b", "deleted"),
        ("retried", 3, "a", "deleted"),
    ]  # fmt: skip
    # Not found deleted now, but then.
    for name, before in since.items():
        assert deleted(things, name) == {thing: at for thing, at in before.items() if thing != "new"}


def test_a_merged_row_is_deleted_by_what_its_fields_say_together(things):
    """A stale row that fills a field of a deleted one leaves it deleted. Guard: mark_deleted."""
    things = things.with_marts(
        merged=mart(
            "upsert", version_column="version", conflict_resolution="merge", deleted_when="value = 'x' and note = 'y'"
        )
    )
    things.land(row("by two", 1, "x"), row("undone", 3, "x", "y"), row("first", 1, "x"), row("first", 2, None, "y"))
    assert things.load("merged") == "3 new, 1 superseded"
    assert set(deleted(things, "merged")) == {"first", "undone"}
    things.land(
        row("by two", 2, None, "y", part="late"), row("undone", 4, "z"), row("first", 1, None, None, part="filled")
    )
    assert things.load("merged") == "3 modified"
    assert set(deleted(things, "merged")) == {"by two", "first"}
