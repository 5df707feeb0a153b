"""A table with a history of duplicates becomes a mart as it is: repaired, then loaded by our strategy, not rebuilt."""

import json

from harness.dbt_project import message, succeeded

_MODEL = """
{{ config(unique_key='id', incremental_strategy='upsert', meta={'onerow': {'version_column': 'updated_at'}}) }}
select id, value, updated_at from public.delivered
"""
_OID = "select 'marts.things'::regclass::oid"
_INDEXES = "select indexrelid::regclass::text, indisvalid from pg_index where indrelid = 'marts.things'::regclass"


def test_a_repaired_table_is_adopted_as_a_mart_with_no_rebuild(project, database):
    """The same table, no second index, and what came before is what the load compares with.

    Guards: the command in the error of ensure_unique_index; unique_indexes.
    """
    database.execute("create schema marts")
    database.execute("create table marts.things (id integer, value text, updated_at integer)")
    database.execute("insert into marts.things values (1, 'old', 1), (1, 'a', 2), (2, 'b', 2), (2, 'b', 2)")
    database.execute("create table public.delivered as values (1, 'a', 2), (2, 'older', 1), (3, 'c', 1)")
    for number, name in enumerate(("id", "value", "updated_at"), 1):
        database.execute(f"alter table public.delivered rename column column{number} to {name}")
    oid = database.value(_OID)
    adopted = project.with_files({"models/marts/things.sql": _MODEL})
    load = ("run", "--quiet", "--select", "things")
    assert "onerow dedupe apply things" in message(adopted.dbt_in_process(*load), "things")

    found = adopted.onerow("dedupe audit", "things", "--format", "json")
    assert found.returncode == 3, found
    assert json.loads(found.stdout)["surplus_rows"] == 2
    assert "2 rows removed" in adopted.onerow("dedupe apply", "things").succeeded().stdout

    outcome = succeeded(adopted.dbt_in_process(*load))
    assert message(outcome, "things") == "upsert: 1 new, 1 unchanged, 1 stale"
    assert database.value(_OID) == oid
    assert database.rows(_INDEXES) == [("marts.onerow_dedupe_1_key", True)]
    assert database.rows("select * from marts.things order by id") == [(1, "a", 2), (2, "b", 2), (3, "c", 1)]
