"""What can be repaired, as whom, and under which names."""

import psycopg
import pytest

from onerow.dedupe.target import TableName
from onerow.errors import CannotDedupe, DedupeFailed, ReconcileFailed, RelationMissing
from postgres.dedupe.tables import in_order

_NOT_PLAIN = {
    "view": ("create view shop.v as select * from shop.things", "v", "a view"),
    "materialized view": ("create materialized view shop.v as select * from shop.things", "v", "a materialized view"),
    "partitioned": (
        "create table shop.v (id integer, updated_at integer) partition by range (id)",
        "v",
        "a partitioned table",
    ),
    "partition": (
        "create table shop.p (id integer, updated_at integer) partition by range (id);"
        " create table shop.v partition of shop.p for values from (1) to (2)",
        "v",
        "a partition",
    ),
    "parent": ("create table shop.v () inherits (shop.things)", "things", "other tables inherit from it"),
    "our name": ("alter table shop.things add column _dedupe_no integer", "things", "column _dedupe_no"),
    "no such column": ("alter table shop.things drop column updated_at", "things", "it has no column updated_at"),
}


@pytest.mark.parametrize("kind", _NOT_PLAIN)
def test_what_is_no_plain_table_is_refused(things, database, kind):
    """Guard: find_target."""
    statements, table, reason = _NOT_PLAIN[kind]
    for statement in statements.split("; "):
        database.execute(statement)
    things.name = TableName("shop", table, ("id",), "updated_at", "")
    for job in (things.audit, things.preview, things.apply):
        with pytest.raises(CannotDedupe, match=f"shop.{table}: .*{reason}.*Nothing was written"):
            job()


def test_a_table_that_is_not_there_is_refused(things):
    """Guard: find_target."""
    things.name = TableName("shop", "none", ("id", "id"), None, "")
    with pytest.raises(RelationMissing, match=r"no table shop\.none"):
        things.audit()


def test_every_missing_right_is_named_before_anything_is_written(pairs, database):
    """Guard: missing_rights; the lock of the snapshot."""
    database.execute("drop role if exists looker")
    database.execute("create role looker")
    database.execute("grant usage on schema shop, onerow to looker")
    try:
        connection = pairs.connect(role="looker")
        target = pairs.target(connection)
        pairs.connect = lambda **_: connection
        with pytest.raises(ReconcileFailed, match="permission denied for table things"):
            pairs.audit()
        with pytest.raises(CannotDedupe) as raised:
            pairs.apply()
        assert target.missing_rights == tuple(raised.value.problems)
        said = str(raised.value)
        assert "it belongs to " in said
        for right in ("SELECT", "INSERT", "UPDATE", "DELETE", "CREATE"):
            assert f"no {right} on" in said
    finally:
        connection.close()
        database.execute("drop owned by looker")
        database.execute("drop role looker")


def test_a_policy_that_hides_rows_is_an_error_and_no_wrong_count(pairs, database):
    """Guard: row_security = off, which the command sets."""
    database.execute("drop role if exists blinkered")
    database.execute("create role blinkered")
    database.execute("grant usage on schema shop to blinkered")
    database.execute("grant select on shop.things to blinkered")
    database.execute("alter table shop.things enable row level security")
    try:
        connection = pairs.connect(role="blinkered", row_security="off")
        pairs.connect = lambda **_: connection
        with pytest.raises(DedupeFailed, match="row-level security"):
            pairs.audit()
    finally:
        connection.close()
        database.execute("drop owned by blinkered")
        database.execute("drop role blinkered")


def test_names_and_values_that_look_like_sql_mean_nothing(things, database):
    """Also names of columns that the statements themselves use. Guards: quoted, quoted_list, literal."""
    things.name = TableName('we"ird; drop', "it's %s {x} --", ('k"ey', "t"), "row_id", "")
    create = psycopg.sql.SQL(
        'create table {} ("k""ey" text, t text, row_id integer,'
        ' key_no text, place text, "%s{{}}" text, "o\'clock" text)'
    )
    database.execute('create schema "we""ird; drop"')
    database.execute(create.format(psycopg.sql.Identifier(things.name.schema, things.name.table)).as_string(None))
    evil = "'; drop table shop.things; --"
    rows = [
        (evil, None, 1, "%s", None, evil, None),
        (evil, None, 2, None, "{x}", None, None),
        ("\x1b[31m", '"', 1, "a", "b", "c", "d"),
        ("\x1b[31m", '"', 1, "a", "b", "c", "d"),
    ]
    things.add(*rows)
    assert things.audit().surplus_rows == 2
    assert things.preview("merge").changed_rows == 1
    things.apply("merge")
    assert things.rows == in_order([(evil, None, 2, "%s", "{x}", evil, None), rows[2]])
    things.undo()
    assert things.rows == in_order(rows)


def test_a_key_of_several_columns_with_nulls_is_one_key(things):
    """Guard: group by, and nulls not distinct."""
    things.name = TableName("shop", "things", ("id", "a"), "updated_at", "")
    rows = [(1, None, 1, 1), (1, None, 2, 2), (1, "x", 1, 1), (None, "x", 1, 1), (None, "x", 5, 2), (None, None, 1, 1)]
    things.add(*rows)
    things.apply("merge")
    assert things.rows == in_order([(1, None, 2, 2), (1, "x", 1, 1), (None, "x", 5, 2), (None, None, 1, 1)])
    things.undo()
    assert things.rows == in_order(rows)


def test_a_key_of_very_many_rows_is_done_in_parts(things, database):
    """Also by a rule that cuts it. Guard: generate_series in dedupe_list."""
    database.execute("insert into shop.things select 1, 'x', n, n from generate_series(1, 50) as n")
    applied = things.apply()
    assert things.rows == [(1, "x", 50, 50)]
    assert applied.run.pass_no > 2
    assert (
        database.value("select max(n) from (select count(*) as n from onerow.dedupe_1_backup group by _dedupe_step)")
        <= 8
    )


def test_wide_rows_are_repaired(things, database):
    """More columns than a function takes arguments. Guard: batches of 50 in content and dedupe_decided_by."""
    columns = ", ".join(f"add column c{number} integer default {number}" for number in range(120))
    database.execute(f"alter table shop.things {columns}")
    things.add((1, "x", None, 1), (1, "x", 1, 1))
    things.apply("most-complete")
    assert [row[:4] for row in things.rows] == [(1, "x", 1, 1)]
