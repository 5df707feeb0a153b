"""Keys, names and types that a table may have: each key is one row, and what is equal by value is not written again."""

import pytest

from harness.dbt_project import message

_THINGS = "models/marts/things.sql"
_MODEL = (
    "{{{{ config(unique_key={key!r}, incremental_strategy='upsert', meta={{'onerow': {{{options}}}}}) }}}}\n{select}"
)


@pytest.fixture
def things(project, database):
    """Loads a mart `things` from one query after the other, and returns what dbt says of each; `sql` is of the last."""

    def load(select, key, *, version=None, again=()):
        said = []
        options = f"'version_column': {version!r}" if version else ""
        model = _MODEL.format(key=key, options=options, select="select * from public.delivered")
        changed = project.with_files({_THINGS: model})
        for query in (select, *again):
            database.execute(f"drop view if exists public.delivered; create view public.delivered as {query}")
            outcome = changed.dbt_in_process("run", "--quiet", "--select", "things")
            said.append(message(outcome, "things").removeprefix("upsert: "))
        load.sql = (changed.target_path / "run" / "onerow" / _THINGS).read_text()
        return said

    return load


def test_a_null_key_is_one_row(things, database):
    """However often it is delivered. Guards: nulls not distinct, null_in_key and reopen_rows."""
    rows = "select * from (values (1, 'x'), (null, 'y'), (null, 'y')) as v (id, value)"
    changed = "select * from (values (1, 'x'), (null, 'z')) as v (id, value)"
    assert things(rows, "id", again=[rows, changed]) == [
        "2 new, 1 superseded",
        "2 unchanged, 1 superseded",
        "1 modified, 1 unchanged",
    ]
    assert database.rows("select * from marts.things order by id") == [(1, "x"), (None, "z")]


def test_a_composite_key_with_null_parts_is_one_row(things, database):
    """Guards: same_key with nulls, nulls not distinct."""
    rows = "select * from (values (1, 1, 'a'), (1, null, 'b'), (null, 1, 'c'), (null, null, 'd')) as v (a, b, value)"
    assert things(rows, ["a", "b"], again=[rows, rows.replace("'c'", "'e'")]) == [
        "4 new",
        "4 unchanged",
        "1 modified, 3 unchanged",
    ]
    assert database.rows("select value from marts.things order by 1") == [("a",), ("b",), ("d",), ("e",)]


def test_names_that_sql_reserves_or_would_fold(things, database):
    """As key, as version and as value. Guard: every identifier is quoted."""
    names = '"order", "Group", "select", "two words", "UPPER", "100%", "5"" pipe"'
    rows = f"select * from (values (1, 1, 'x', 'x', 'x', 'x', 'x')) as v ({names})"
    newer = rows.replace("(1, 1,", "(1, 2,")
    assert things(rows, ["order", "UPPER"], version="Group", again=[rows, newer, rows]) == [
        "1 new",
        "1 unchanged",
        "1 modified",
        "1 stale",
    ]
    assert database.rows(f"select {names} from marts.things") == [(1, 2, "x", "x", "x", "x", "x")]


def test_more_columns_than_a_function_takes_arguments(things, database):
    """The tie is decided by the last of them. Guard: the batches in content."""
    columns = ", ".join(f"1 as c{number}" for number in range(120))
    rows = f"select 1 as id, 1 as version, {columns}, v.last from (values (1), (3), (2)) as v (last)"
    assert things(rows, "id", version="version", again=[rows]) == ["1 new, 2 superseded", "1 unchanged, 2 superseded"]
    assert database.value("select last from marts.things") == 3


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("'{\"a\": 1, \"b\": 2}'::json", "'{ \"b\":2,\"a\":1.0 }'::json"),
        ("1.0::numeric", "1.00::numeric"),
        ("0.0::double precision", "'-0.0'::double precision"),
        ("'NaN'::numeric", "'NaN'::numeric"),
        ("point '(1,2)'", "point '(1,2)'"),
        ("array[1, null]", "array[1, null]"),
        ("array['{\"a\":1}'::json]", "array['{ \"a\": 1.0 }'::json]"),
        ("timestamptz '2026-05-01 12:00+02'", "timestamptz '2026-05-01 10:00Z'"),
    ],
    ids=["json", "numeric", "zero", "nan", "point", "array", "json array", "timestamptz"],
)  # fmt: skip
def test_what_is_equal_by_value_is_not_written_again(things, database, first, second):
    """Also as one of two rows of a version. Guards: comparable, content."""
    row = "select 1 as id, 1 as version, {} as value"
    twice = " union all ".join((row.format(first), row.format(second))) + " limit 2"
    said = things(
        row.format(first), "id", version="version", again=[row.format(second), twice.replace("union", "union")]
    )
    assert said == ["1 new", "1 unchanged", "1 unchanged, 1 superseded"]
    assert database.value("select count(*) from marts.things") == 1


def test_a_version_that_is_text_orders_by_code_point(things, database):
    """Whatever collation the database has; the tests' own knows but C, so look at the SQL too. Guard: in_order."""
    row = "select 1 as id, {}::text as version"
    assert things(row.format("'B'"), "id", version="version", again=[row.format("'a'"), row.format("'C'")]) == [
        "1 new",
        "1 modified",
        "1 stale",
    ]
    assert database.value("select version from marts.things") == "a"
    assert '(excluded."version" collate "C") > (t."version" collate "C")' in things.sql
    assert ')::text collate "C") > ' in things.sql


def test_a_null_version_is_the_lowest(things, database):
    """Guard: is_newer, winner_first."""
    row = "select 1 as id, {}::integer as version, '{}' as value"
    assert things(
        row.format("null", "b"), "id", version="version",
        again=[row.format("null", "a"), row.format("null", "c"), row.format(0, "a"), row.format("null", "z")],
    ) == ["1 new", "1 stale", "1 modified", "1 modified", "1 stale"]  # fmt: skip
    assert database.rows("select version, value from marts.things") == [(0, "a")]


def test_a_mart_of_keys_alone(things, database):
    """There is nothing to update. Guard: `do nothing` in upsert_rows."""
    rows = "select v.id from (values (1), (2), (2)) as v (id)"
    assert things(rows, "id", again=[rows]) == ["2 new, 1 superseded", "2 unchanged, 1 superseded"]
    assert database.rows("select * from marts.things order by 1") == [(1,), (2,)]
