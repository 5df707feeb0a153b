"""insert_new: the first row of a key stays."""

import pytest

from postgres.strategies.things import mart, row

_UNSOURCED = "select thing, version, value from {{ ref('stg_things') }} where thing is not null"


def test_the_first_row_stays_and_the_others_are_named(things, capsys):
    """In a load the first is that of the lowest version, then content. Guards: winner_first, is_newer, list_stale."""
    things = things.with_marts(first=mart("insert_new", version_column="version"))
    things.land(row("same", 5), row("newer", 5), row("older", 5))
    assert things.load("first") == "3 new"
    written = things.written("first")
    capsys.readouterr()

    things.land(row("version", 2, "a"), row("version", 1, "b"), row("version", None, "c"), row("tie", 1, "b", "x"))
    things.land(
        row("tie", 1, "a", "y"), row("twice", 1), row("twice", 1), row("same", 5), row("newer", 6), row("older", 4)
    )
    assert things.load("first") == "3 new, 1 unchanged, 2 stale, 4 superseded"
    assert things.rows("first") == [
        ("newer", 5, "a", None),
        ("older", 5, "a", None),
        ("same", 5, "a", None),
        ("tie", 1, "a", "y"),
        ("twice", 1, "a", None),
        ("version", None, "c", None),
    ]
    assert set(things.written("first")) > set(written)
    said = " ".join(capsys.readouterr().out.split())
    assert (
        "kept the first row of keys that came again with another content,"
        ' such as {"thing": "newer"}, {"thing": "older"}' in said
    )
    assert '"same"' not in said
    things.assert_accounted("first")


@pytest.mark.parametrize("strategy", ["insert_new", "upsert"])
def test_any_incremental_model_that_names_the_strategy(things, strategy):
    """Without a source: no claims, all rows of the query each time. Guard: every use of load.source is conditional."""
    model = mart(strategy, select=_UNSOURCED, source=None, version_column="version")
    things = things.with_marts(adopted=model)
    things.land(row("a", 2), row("b", 1), row("b", 2))
    assert things.load("adopted") == "2 new, 1 superseded"
    assert things.load("adopted") == "2 unchanged, 1 superseded"
    things.land(row("a", 3, "z"))
    if strategy == "insert_new":
        assert things.load("adopted") == "2 unchanged, 2 superseded"
        assert things.rows("adopted", "thing, version, value") == [("a", 2, "a"), ("b", 1, "a")]
    else:
        assert things.load("adopted") == "1 modified, 1 unchanged, 2 superseded"
        assert things.rows("adopted", "thing, version, value") == [("a", 3, "z"), ("b", 2, "a")]
    assert things.outcomes("adopted") == {}
