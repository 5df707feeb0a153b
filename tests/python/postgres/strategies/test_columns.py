"""Keys with NULL parts, names that SQL reserves or would fold, and columns that change, under each strategy."""

import pytest

from harness.dbt_project import message
from postgres.strategies.things import mart, row

_NAMED = """
select
    thing as "order", part as "Two Words", version as "UPPER", value as "select", note as "100%", at as "from",
    _batch_no, _line_number, _reject_reasons
from {{ ref('stg_things') }}
where {{ onerow.claimed() }}
"""
_MERGE = {"version_column": "UPPER", "conflict_resolution": "merge", "deleted_when": "\"100%\" = 'gone'"}
NAMED = {
    "merged": mart("upsert", key=["order", "Two Words"], select=_NAMED, **_MERGE),
    "replaced": mart("upsert", key=["order", "Two Words"], select=_NAMED, deleted_when="\"100%\" = 'gone'"),
    "first": mart("insert_new", key=["order", "Two Words"], select=_NAMED, version_column="UPPER"),
    "windowed": mart("replace_window", key=["order", "from"], select=_NAMED, window_column="from"),
}

_CHANGING = {
    "version_column": "version", "conflict_resolution": "merge", "deleted_when": "value = 'gone'",
}  # fmt: skip
_WAYS = ("append_new_columns", "sync_all_columns", "fail", "ignore")
_OURS = ["_batch_no", "_field_versions", "_deleted_at"]

_CONTRACT = """
models:
  - name: {name}
    config: {{contract: {{enforced: true}}, on_schema_change: append_new_columns}}
    columns:
      - {{name: thing, data_type: text, constraints: [{{type: not_null}}]}}
      - {{name: version, data_type: integer}}
      - {{name: value, data_type: text}}
      - {{name: note, data_type: text}}
"""
_CONTRACT_OF_OURS = """
      - {name: _batch_no, data_type: bigint}
      - {name: _field_versions, data_type: jsonb}
      - {name: _deleted_at, data_type: timestamptz}
"""


def columns_of(things, mart):
    """The columns of a mart, in their order."""
    query = (
        "select attname::text from pg_attribute"
        " where attrelid = %s::regclass and attnum > 0 and not attisdropped order by attnum"
    )
    return [name for (name,) in things.database.rows(query, f"marts.{mart}")]


def test_names_that_sql_reserves_and_keys_with_a_null_part(things):
    """As key, version, field, time and in deleted_when. Guards: names are quoted; nulls not distinct, reopen_rows."""
    things = things.with_marts(**NAMED)
    things.land(row("a", 1, "b", "x", at=1), row("a", 1, "b", "x", part="p", at=2), row("gone", 1, "b", at=3))
    assert things.run(*NAMED).success
    things.land(
        row("a", 2, None, "y", at=1), row("a", 1, "b", "x", part="p", at=2), row("gone", 2, None, "gone", at=3),
        row("a", 1, "z", None, at=1), row("new", at=4), extracted=1, window=(1, 5),
    )  # fmt: skip
    outcome = things.run(*NAMED)
    assert outcome.success
    assert {name: message(outcome, name).partition(": ")[2] for name in NAMED} == {
        "merged": "1 new, 2 modified, 1 unchanged, 1 superseded",
        "replaced": "1 new, 2 modified, 1 unchanged, 1 superseded",
        "first": "1 new, 1 unchanged, 2 stale, 1 superseded",
        "windowed": "1 new, 2 modified, 1 unchanged, 1 superseded",
    }
    values = '"order", "Two Words", "UPPER", "select", "100%"'
    assert things.database.rows(f"select {values} from marts.merged order by 1, 2") == [
        ("a", "p", 1, "b", "x"), ("a", None, 2, "z", "y"), ("gone", None, 2, "b", "gone"), ("new", None, 1, "a", None),
    ]  # fmt: skip
    versions = 'select "order", _field_versions from marts.merged where _field_versions is not null order by 1'
    assert things.database.rows(versions) == [("a", {"select": 1}), ("gone", {"select": 1})]
    for name in ("merged", "replaced"):
        assert things.database.rows(f'select "order" from marts.{name} where _deleted_at is not null') == [("gone",)]
    for name in NAMED:
        assert things.database.value(f"select count(*) from marts.{name}") == 4
        things.assert_accounted(name)


def test_changing_columns_leave_ours_alone(things):
    """Guards: our_columns and the shape in adapt_mart."""
    before = {
        way: mart(
            "upsert", columns=("thing", "version", "value", "note"), settings={"on_schema_change": way}, **_CHANGING
        )
        for way in _WAYS
    }
    things.land(row("a", 2, "b"), row("a", 1, None, "x"), row("b", 1, "gone", "x"))
    built = things.with_marts(**before)
    assert built.run(*_WAYS).success
    ours = {way: built.rows(way, "thing, _batch_no, _field_versions, _deleted_at is not null") for way in _WAYS}
    assert ours["fail"] == [("a", 1, {"note": 1}, False), ("b", 1, None, True)]

    after = {way: text.replace("version, value, note,", "version, value, part,") for way, text in before.items()}
    changed = things.with_marts(**after)
    things.land(row("c", 1, part="p"))
    outcome = changed.run(*_WAYS)
    assert "part" in message(outcome, "fail")
    assert message(outcome, "fail").count("_batch_no") == message(outcome, "fail").count("_deleted_at") == 0
    kept = ["thing", "version", "value"]
    assert {way: columns_of(things, way) for way in _WAYS} == {
        "append_new_columns": [*kept, "note", *_OURS, "part"],
        "sync_all_columns": [*kept, *_OURS, "part"],
        "fail": [*kept, "note", *_OURS],
        "ignore": [*kept, "note", *_OURS],
    }
    for way in _WAYS:
        new = [] if way == "fail" else [("c", 2, None, False)]
        assert things.rows(way, "thing, _batch_no, _field_versions, _deleted_at is not null") == [*ours[way], *new]


@pytest.mark.parametrize("listed", [False, True], ids=["without ours", "with ours"])
def test_an_enforced_contract(things, listed):
    """On the first build and on a later load. Guards: shape_of, add_our_columns."""
    things = things.with_marts(contracted=mart("upsert", columns=("thing", "version", "value", "note"), **_CHANGING))
    contract = _CONTRACT.format(name="contracted") + (_CONTRACT_OF_OURS if listed else "")
    project = things.project.with_files({"models/marts/contracted.yml": contract})
    things = type(things)(things.database, project)
    things.land(row("a", 2, "b"), row("a", 1, None, "x"))
    assert things.load("contracted") == "1 new, 1 superseded"
    things.land(row("a", 3, "gone"))
    assert things.load("contracted") == "1 modified"
    assert sorted(columns_of(things, "contracted")) == sorted(["thing", "version", "value", "note", *_OURS])
    assert things.rows(
        "contracted", "thing, version, value, note, _batch_no, _field_versions, _deleted_at is not null"
    ) == [("a", 3, "gone", "x", 2, {"note": 1}, True)]
