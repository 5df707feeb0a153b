"""upsert with conflict_resolution merge: of each field the value with the greatest (version, value), in any order."""

import json
from itertools import permutations

from postgres.strategies.things import mart, row

MERGE = {"version_column": "version", "conflict_resolution": "merge"}
_OF_EACH = "thing, version, value, note, _field_versions"

# Fields of many types, from a JSON object in `note`; what it leaves out is NULL.
_TYPED = """
select
    thing,
    version,
    (note::jsonb ->> 'amount')::numeric as amount,
    note::jsonb -> 'doc' as doc,
    (note::jsonb -> 'raw')::json as raw,
    (note::jsonb ->> 'tags')::text[] as tags,
    (note::jsonb ->> 'seen_at')::timestamptz as seen_at,
    (note::jsonb ->> 'is_done')::boolean as is_done,
    _batch_no,
    _line_number
from {{ ref('stg_things') }}
where {{ onerow.claimed() }}
"""
_MANY = 70
_WIDE = """
select thing, version, {columns}, _batch_no, _line_number
from {{{{ ref('stg_things') }}}}
where {{{{ onerow.claimed() }}}}
"""


def test_three_rows_of_one_version_make_one_row_in_any_order_and_grouping(things):
    """Value and note (1, 9), (2, NULL) and (NULL, 5) make (2, 9). Guards: field_wins, merge_repeated_keys."""
    things = things.with_marts(merged=mart("upsert", **MERGE))
    delivered = {"A": ("1", "9"), "B": ("2", None), "C": (None, "5")}
    groupings = {"one load": (3,), "two and one": (2, 1), "one and two": (1, 2), "one by one": (1, 1, 1)}
    cases = {
        f"{''.join(order)}, {name}": (order, cut) for order in permutations("ABC") for name, cut in groupings.items()
    }
    for load in range(3):
        in_one_batch = []
        for name, (order, cut) in cases.items():
            group = order[sum(cut[:load]) : sum(cut[: load + 1])]
            rows = [row(f"{name}", 1, *delivered[each]) for each in group]
            for delivery in rows:
                things.land(delivery)
            in_one_batch += [(f"{name}, one batch", *delivery[1:]) for delivery in rows]
        things.land(*in_one_batch)
        things.load("merged")
    expected = sorted((f"{name}{ending}", 1, "2", "9", None) for name in cases for ending in ("", ", one batch"))
    assert sorted(things.rows("merged", _OF_EACH)) == expected
    things.assert_accounted("merged")
    assert things.load("merged", full_refresh=True) == f"{len(expected)} new, {2 * len(expected)} superseded"
    assert sorted(things.rows("merged", _OF_EACH)) == expected


def test_what_is_remembered_of_the_fields(things):
    """Partial, stale and confirming rows, and a full refresh of all of them. Guards: same_state, merged_values."""
    things = things.with_marts(merged=mart("upsert", **MERGE))
    things.land(
        row("p", 3, "a", None), row("erased", 1, "a", "x"), row("confirmed", 1, "a", "x"), row("null", None, "a")
    )
    assert things.load("merged") == "4 new"

    # A stale row fills a field; a NULL does not erase; a NULL version is the lowest.
    filled = things.land(
        row("p", 1, "z", "x"), row("erased", 2, None, "y"), row("confirmed", 5, None, "y"), row("null", 1, None, "n")
    )
    assert things.load("merged") == "4 modified"
    assert things.rows("merged", _OF_EACH) == [
        ("confirmed", 5, "a", "y", {"value": 1}),
        ("erased", 2, "a", "y", {"value": 1}),
        ("null", 1, "a", "n", {"value": None}),
        ("p", 3, "a", "x", {"note": 1}),
    ]
    assert things.database.value("select min(_batch_no) from marts.merged") == filled

    # The same value in a newer version is no news for the row, but from now on the field is of that version.
    things.land(row("confirmed", 4, "a"), row("erased", 2, "a"))
    assert things.load("merged") == "2 modified"
    assert things.rows("merged", _OF_EACH)[:2] == [
        ("confirmed", 5, "a", "y", {"value": 4}),
        ("erased", 2, "a", "y", None),
    ]

    # ... so that these come too late, or say nothing that is not known.
    things.land(row("confirmed", 3, "b"), row("p", 2, None, "x"), row("p", 1, None, "w"), row("erased", 1, "a"))
    assert things.load("merged") == "1 modified, 2 stale, 1 superseded"
    before = things.rows("merged", _OF_EACH)
    assert before == [
        ("confirmed", 5, "a", "y", {"value": 4}),
        ("erased", 2, "a", "y", None),
        ("null", 1, "a", "n", {"value": None}),
        ("p", 3, "a", "x", {"note": 2}),
    ]
    things.load("merged", full_refresh=True)
    assert things.rows("merged", _OF_EACH) == before
    things.assert_accounted("merged")


def test_fields_of_many_types(things):
    """Compared by value; the JSON text decides a tie, by code point. Guards: comparable, content, field_version."""
    things = things.with_marts(typed=mart("upsert", select=_TYPED, **MERGE))

    def note(**fields):
        return json.dumps(fields)

    whole = {
        "amount": 10.5, "doc": {"a": 1, "b": [2]}, "raw": {"z": 1}, "tags": '{x,"y z"}',
        "seen_at": "2026-05-01T12:00:00+02:00", "is_done": False,
    }  # fmt: skip
    said_otherwise = {
        **whole, "amount": 10.50, "doc": {"b": [2.0], "a": 1.0}, "raw": {"z": 1.0}, "seen_at": "2026-05-01T10:00:00Z",
    }  # fmt: skip
    things.land(row("all", 2, note=note(**whole)), row("one by one", 2, note="{}"), row("tie", 2, note=note(**whole)))
    assert things.load("typed") == "3 new"
    [(fields,)] = things.database.rows("select to_jsonb(t) - 'thing' from marts.typed as t where thing = 'all'")

    things.land(
        row("all", 2, note=note(**said_otherwise)),
        *(row("one by one", 1, note=note(**{name: value})) for name, value in whole.items()),
        row("tie", 2, note=note(amount=9, doc={"a": 2}, raw={"z": 0}, tags="{x,y}", is_done=True)),
    )
    assert things.load("typed") == "2 modified, 1 unchanged, 5 superseded"
    [(one_by_one,)] = things.database.rows("select to_jsonb(t) from marts.typed as t where thing = 'one by one'")
    ours = ("_batch_no", "_field_versions")
    assert {name: value for name, value in one_by_one.items() if name not in (*ours, "thing")} == {
        name: value for name, value in fields.items() if name not in ours
    }
    assert one_by_one["_field_versions"] == dict.fromkeys(whole, 1)
    assert things.database.rows("select amount, doc, raw, tags, is_done from marts.typed where thing = 'tie'") == [
        (9, {"a": 2}, {"z": 1}, ["x", "y"], True)
    ]


def test_more_fields_than_a_function_takes_arguments(things):
    """Half of them from each of two rows, then one from a stale one. Guard: expressions are joined by operators."""
    columns = ", ".join(f"note::jsonb ->> 'f{number}' as f{number}" for number in range(_MANY))
    things = things.with_marts(wide=mart("upsert", select=_WIDE.format(columns=columns), **MERGE))
    halves = [{f"f{number}": str(number) for number in range(_MANY) if number % 2 == half} for half in (0, 1)]
    halves[1].pop(f"f{_MANY - 1}")
    things.land(*(row("a", half, note=json.dumps(fields)) for half, fields in enumerate(halves, start=2)))
    assert things.load("wide") == "1 new, 1 superseded"
    things.land(row("a", 1, note=json.dumps({f"f{number}": "stale" for number in range(_MANY)})))
    assert things.load("wide") == "1 modified"
    [(found,)] = things.database.rows("select to_jsonb(w) from marts.wide as w")
    assert {name: found[name] for half in halves for name in half} == {**halves[0], **halves[1]}
    assert found[f"f{_MANY - 1}"] == "stale"
    assert found["_field_versions"] == {**dict.fromkeys(halves[0], 2), f"f{_MANY - 1}": 1}
