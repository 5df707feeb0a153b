"""Delivered values take the types of the table before they are compared, as an insert would give them."""

import pytest

from postgres.strategies.things import mart, row

_SELECT = """
select {columns}, _batch_no, _line_number, _reject_reasons
from {{{{ ref('stg_things') }}}}
where {{{{ onerow.claimed() }}}}
"""

# The column of the table, what is selected for it from `value`, and two values of which the table keeps something else.
_KEPT = {
    "rounded": ("numeric(10, 2)", "value::numeric", "1.014", "1.026"),
    "padded": ("character(5)", "value", "a", "b"),
    "cut": ("timestamptz(0)", "value::timestamptz", "2026-05-01T00:00:00.1Z", "2026-05-01T00:00:01.2Z"),
    "in another collation": ('text collate "POSIX"', 'value collate "C"', "a", "b"),
    "in floats of another size": ("real", "value::double precision", "0.1", "0.7"),
}


@pytest.fixture
def adopted(things):
    """A mart `kept` of things over a table that stands there already."""

    def mart_on(value_type, value, *, key_type="text", key="thing", **options):
        select = _SELECT.format(columns=f"{key} as thing, version, {value} as value, note")
        things.database.execute(
            "create schema if not exists marts; create extension if not exists citext schema public;"
            f" create table marts.kept (thing {key_type}, version integer, value {value_type}, note text)"
        )
        return things.with_marts(kept=mart("upsert", select=select, **options))

    return mart_on


@pytest.mark.parametrize("options", [{}, {"version_column": "version"}], ids=["without version", "with version"])
@pytest.mark.parametrize("kept", _KEPT.values(), ids=_KEPT)
def test_what_the_table_keeps_otherwise_is_not_written_again(adopted, kept, options):
    """The same value comes again, and an older one. Guard: cast_incoming."""
    value_type, value, low, high = kept
    things = adopted(value_type, value, **options)
    things.land(row("x", 1, low), extracted=1)
    assert things.load("kept") == "1 new"
    things.land(row("x", 1, low), extracted=2)
    assert things.load("kept") == "1 unchanged"
    things.land(row("x", 1, high), extracted=4)
    assert things.load("kept") == "1 modified"
    things.land(row("x", 1, low), extracted=3)
    assert things.load("kept") == "1 stale"
    things.assert_accounted("kept")


def test_keys_that_the_table_makes_one_are_one_row(adopted):
    """Guard: cast_incoming, before the fold."""
    things = adopted("text", "value", key_type="numeric(10, 2)", key="thing::numeric", version_column="version")
    things.land(row("1.001", 1, "a"), row("1.004", 2, "b"))
    assert things.load("kept") == "1 new, 1 superseded"
    things.land(row("1.002", 3, "c"))
    assert things.load("kept") == "1 modified"


def test_a_refused_value_need_not_fit(adopted):
    """It is not inserted. One that is to be inserted must fit. Guard: is_rejected in cast_incoming."""
    things = adopted("character varying(3)", "value", version_column="version")
    things.land(row("good", 1, "abc"), row("bad", "no number", "abcdef"))
    assert things.load("kept") == "1 new, 1 rejected"
    things.land(row("long", 1, "abcdef"))
    assert "value too long for type character varying(3)" in things.refused("kept")


@pytest.mark.parametrize("resolution", ["replace", "merge"])
def test_case_is_content_where_the_key_knows_none(adopted, resolution):
    """A key of citext is one row, and a new spelling of a value is written. Guards: cast_incoming, comparable."""
    things = adopted(
        "public.citext", "value", key_type="public.citext", version_column="version", conflict_resolution=resolution
    )
    things.land(row("Key", 1, "a"))
    things.load("kept")
    things.land(row("KEY", 1, "B"), row("key", 1, "b"))
    assert things.load("kept") == "1 modified, 1 superseded"
    assert things.rows("kept", "thing::text, value::text") == [("Key", "b")]
