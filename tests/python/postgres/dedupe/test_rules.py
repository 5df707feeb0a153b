"""Which row of a key survives, by each rule; what audit and preview say before; and that an undo brings all back."""

import psycopg
import pytest

from onerow.dedupe.rule import Rule
from onerow.errors import CannotDedupe, RuleRefused
from postgres.dedupe.tables import in_order

# A key a line: its rows as (id, a, b, updated_at), and what each rule makes of them.
_ROWS = {
    "one row": [(1, "x", 1, 1)],
    "exact twins": [(2, "x", 1, 1), (2, "x", 1, 1), (2, "x", 1, 1)],
    "versions": [(3, "old", None, 1), (3, "new", None, 2)],
    "null is the lowest version": [(4, "known", 1, 1), (4, "unknown", 2, None)],
    "a tie, which content decides": [(5, "x", 1, 1), (5, "y", 1, 1)],
    "fuller but older": [(6, "full", 6, 1), (6, None, None, 2)],
    "null keys are one key": [(None, "x", 1, 1), (None, "y", 2, 2)],
}
_SINGLE = [(1, "x", 1, 1), (2, "x", 1, 1)]
_EXPECTED = {
    "newest": [
        *_SINGLE,
        (3, "new", None, 2),
        (4, "known", 1, 1),
        (5, "y", 1, 1),
        (6, None, None, 2),
        (None, "y", 2, 2),
    ],
    "most-complete": [
        *_SINGLE,
        *[(3, "new", None, 2), (4, "known", 1, 1), (5, "y", 1, 1), (6, "full", 6, 1), (None, "y", 2, 2)],
    ],
    "merge": [*_SINGLE, (3, "new", None, 2), (4, "known", 1, 1), (5, "y", 1, 1), (6, "full", 6, 2), (None, "y", 2, 2)],
    "a like 'o%' desc nulls last, b -- oldest\n": [
        *_SINGLE,
        *[(3, "old", None, 1), (4, "known", 1, 1), (5, "y", 1, 1), (6, "full", 6, 1), (None, "x", 1, 1)],
    ],
}


def rule(text):
    """Return the rule of that name, or that SQL."""
    return Rule("sql", text) if " " in text else Rule(text)


@pytest.fixture
def full(things):
    """A table with keys of every kind, in an order that favours nobody."""
    rows = [row for rows in _ROWS.values() for row in rows]
    things.add(*rows[::2], *rows[1::2][::-1])
    return things


@pytest.mark.parametrize("text", _EXPECTED)
def test_each_rule_keeps_its_row_and_an_undo_brings_all_back(full, text):
    """Guards: dedupe_survivor_first, dedupe_merged, nulls not distinct; dedupe_put_back, dedupe_restore_survivors."""
    before = full.rows
    said = full.preview(rule(text))
    assert full.rows == before

    applied = full.apply(rule(text))

    assert full.rows == in_order(_EXPECTED[text])
    assert (said.removed_rows, said.changed_rows) == (applied.run.removed_count, applied.run.changed_count)
    assert applied.run.changed_count == (1 if text == "merge" else 0)
    [index] = full.indexes
    assert index.endswith("USING btree (id) NULLS NOT DISTINCT")
    with pytest.raises(psycopg.errors.UniqueViolation):
        full.add((None, "z", 3, 3))

    undone = full.undo()

    assert full.rows == before
    assert full.indexes == []
    assert undone.to_json()["restored_rows"] == 7
    assert undone.changed_since == []


@pytest.mark.parametrize("text", _EXPECTED)
def test_the_order_in_the_table_does_not_matter(full, text, database):
    """Guard: content as the last but one term of dedupe_survivor_first."""
    database.execute("create table shop.turned as select * from shop.things order by ctid desc")
    database.execute("truncate shop.things")
    database.execute("insert into shop.things select * from shop.turned")
    full.apply(rule(text))
    assert full.rows == in_order(_EXPECTED[text])


def test_audit_counts_twins_apart_from_conflicts(full):
    """Guard: dedupe_audit."""
    found = full.audit()
    assert (found.row_count, found.key_count, found.duplicate_keys, found.surplus_rows) == (14, 7, 6, 7)
    assert (found.twin_keys, found.twin_rows) == (1, 2)
    assert (found.conflicting_keys, found.conflicting_rows) == (5, 5)
    assert (found.null_keys, found.null_key_rows) == (1, 2)
    assert found.biggest_keys[0]["key"] == {"id": 2}
    assert (found.biggest_keys[0]["row_count"], found.biggest_keys[0]["state_count"]) == (3, 1)
    assert (found.first_version, found.last_version) == ("1", "2")


def test_audit_of_a_clean_table_finds_nothing(things):
    """Also of an empty one."""
    assert things.audit().duplicate_keys == 0
    things.add((1, "x", 1, 1), (2, "x", 1, 1), (None, "x", 1, 1))
    found = things.audit()
    assert (found.duplicate_keys, found.surplus_rows, found.null_key_rows) == (0, 0, 1)
    assert found.biggest_keys == []


def test_audit_names_the_batches_that_brought_the_surplus(things, database):
    """Guard: is_added and the join with the ledger in dedupe_audit."""
    database.execute("alter table shop.things add column _batch_no bigint")
    landed = (
        "insert into onerow.batches (source, batch_id, extracted_at, row_count, landed_at)"
        " values ('things', %s, now(), 1, %s)"
    )
    database.execute(landed, "first", "2026-05-01")
    database.execute(landed, "again", "2026-05-02")
    # Twins but for their batch; the later one stands before the first in the table.
    things.add((1, "x", 1, 1, 2), (1, "x", 1, 1, 1), (2, "x", 1, 1, 1), (3, "x", 1, 1, 1), (3, "x", 1, 1, 77))
    found = things.audit()
    assert found.twin_keys == 2
    assert [(each["batch_no"], each["source"], each["row_count"]) for each in found.batches] == [
        (2, "things", 1),
        (77, None, 1),
    ]
    assert found.since.isoformat() == "2026-05-02T00:00:00+00:00"
    things.apply()
    assert things.rows == [(1, "x", 1, 1, 1), (2, "x", 1, 1, 1), (3, "x", 1, 1, 1)]


def test_preview_tells_classes_apart_and_shows_rows_before_and_after(full):
    """Guard: the classes of dedupe_preview."""
    said = full.preview("merge")
    assert said.classes == {
        "twins": {"keys": 1, "removed_rows": 2},
        "decided": {"keys": 4, "removed_rows": 4},
        "tied": {"keys": 1, "removed_rows": 1},
    }
    [sample] = [each for each in said.samples if each["key"] == {"id": 6}]
    assert sample["before"] == [
        {"id": 6, "a": None, "b": None, "updated_at": 2},
        {"id": 6, "a": "full", "b": 6, "updated_at": 1},
    ]
    assert sample["after"] == {"id": 6, "a": "full", "b": 6, "updated_at": 2}
    [tied] = [each for each in said.samples if each["class"] == "tied"]
    assert tied["after"]["a"] == "y"


_NO_ORDER = [
    "a; drop table shop.things",
    "a limit 1",
    "a for update",
    "a), count(*) over (order by b",
    "a /*",
    "nothing_of_the_kind",
    "a union select 1",
    "'open",
]


def test_what_is_no_order_by_expression_is_refused(full):
    """And nothing of it is executed. Guard: both statements of _check_expression."""
    rows = full.rows
    for expression in _NO_ORDER:
        for job in (full.preview, full.apply):
            with pytest.raises(RuleRefused, match="ORDER BY expression"):
                job(Rule("sql", expression))
    assert full.rows == rows
    assert full.database.value("select count(*) from onerow.dedupe_runs") == 0


def test_without_a_version_nothing_is_newest(things):
    """Guard: check_rule."""
    things.name = type(things.name)("shop", "things", ("id",), None, "--table shop.things --key id")
    things.add((1, "x", 1, 1), (1, "y", None, 2))
    for name in ("newest", "merge"):
        with pytest.raises(RuleRefused, match="--version"):
            things.apply(name)
    things.apply("most-complete")
    assert things.rows == [(1, "x", 1, 1)]


def test_a_merge_of_rows_that_remember_versions_of_fields_is_refused(things, database):
    """Guard: check_rule."""
    database.execute("alter table shop.things add column _field_versions jsonb")
    with pytest.raises(RuleRefused, match="full-refresh"):
        things.apply("merge")


def test_a_key_that_cannot_be_compared_is_refused(things, database):
    """Guard: the prepared statement of check_rule."""
    database.execute("alter table shop.things alter id type json using to_json(id)")
    with pytest.raises(CannotDedupe, match="cannot be unique: could not identify an"):
        things.apply()


def test_a_merge_takes_arrays_json_and_unique_values_over(things, database):
    """A unique value moves from the row that goes. Guards: array_agg of whole rows; the delete before the update."""
    database.execute(
        "alter table shop.things add column list integer[], add column doc json, add column mail text unique"
    )
    things.add(
        (1, "x", None, 1, [1, 2], '{"z": 1}', "m"),
        (1, None, 5, 2, None, None, None),
        (1, None, None, 0, [3], None, "n"),
    )
    before = things.rows
    things.apply("merge")
    assert things.rows == [(1, "x", 5, 2, [1, 2], {"z": 1}, "m")]
    things.undo()
    assert things.rows == before


def test_generated_and_identity_columns_come_back_as_they_were(things, database):
    """Guards: is_given and is_free; overriding system value."""
    database.execute(
        "alter table shop.things add column no integer generated always as identity,"
        " add column twice integer generated always as (b * 2) stored"
    )
    insert = "insert into shop.things (id, a, b, updated_at) values (%s, %s, %s, %s)"
    for row in ((1, "x", None, 1), (1, None, 3, 2), (2, "x", 1, 1), (2, "x", 1, 1)):
        database.execute(insert, *row)
    before = things.rows
    things.apply("merge")
    assert things.rows == [(1, "x", 3, 2, 2, 6), (2, "x", 1, 1, 4, 2)]
    things.undo()
    assert things.rows == before
