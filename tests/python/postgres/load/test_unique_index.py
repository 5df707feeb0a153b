"""The database itself keeps one row a key, by an index that counts for what it is and not for its name."""

import psycopg
import pytest

from harness.dbt_project import message, succeeded
from harness.devices import LATER, state

_GOOD = """
select count(*) from pg_index
where indrelid = 'marts.devices'::regclass and indisvalid and indisunique and indimmediate
    and pg_get_indexdef(indexrelid) like '% (device_id) NULLS NOT DISTINCT'
"""
_ALL = "select count(*) from pg_index where indrelid = 'marts.devices'::regclass"

_IMPOSTORS = {
    "same name on another table": """
        create table marts.others (device_id text);
        create unique index devices_device_id_idx on marts.others (device_id) nulls not distinct
    """,
    "partial": "create unique index on marts.devices (device_id) nulls not distinct where status = 'active'",
    "expression": "create unique index on marts.devices (lower(device_id)) nulls not distinct",
    "nulls distinct": "create unique index on marts.devices (device_id)",
    "more columns": "create unique index on marts.devices (device_id, reported_at) nulls not distinct",
    "not unique": "create index on marts.devices (device_id)",
}

_GENUINE = {
    "another name": "create unique index my_own on marts.devices (device_id) nulls not distinct",
    "primary key": "alter table marts.devices add primary key (device_id)",
    "unique constraint": "alter table marts.devices add unique nulls not distinct (device_id)",
    "with included columns": "create unique index on marts.devices (device_id) include (status) nulls not distinct",
    "not null": """
        alter table marts.devices alter device_id set not null;
        create unique index on marts.devices (device_id)
    """,
}

_PAIRS = {
    "models/marts/pairs.sql": """
        {{ config(unique_key=['b', 'a'], incremental_strategy='upsert') }}
        select a, b, value from public.delivered_pairs
    """
}


@pytest.fixture
def bare(project, database, devices):
    """A loaded mart without its unique index, and a batch that waits."""
    devices.land(state("a"), state("b"))
    succeeded(project.dbt_in_process("run", "--quiet", "--select", "+devices"))
    [(index,)] = database.rows(
        "select indexrelid::regclass::text from pg_index where indrelid = 'marts.devices'::regclass"
    )
    database.execute(f"drop index {index}")
    devices.land(state("a", LATER), state("c"))


def load(project):
    """Load what has landed."""
    return project.dbt_in_process("run", "--quiet", "--select", "devices")


@pytest.mark.usefixtures("bare")
@pytest.mark.parametrize("impostor", _IMPOSTORS)
def test_an_index_that_does_not_keep_one_row_a_key_does_not_count(project, database, devices, impostor):
    """A good one is made beside it. Guard: each condition on pg_index in ensure_unique_index."""
    database.execute(_IMPOSTORS[impostor])
    succeeded(load(project))
    assert database.value(_GOOD) == 1
    devices.assert_all_loaded()


@pytest.mark.usefixtures("bare")
def test_an_invalid_index_does_not_count(project, database, devices):
    """As `create index concurrently` leaves it when it fails. Guard: indisvalid in ensure_unique_index."""
    database.execute("insert into marts.devices (device_id) values ('z'), ('z')")
    with pytest.raises(psycopg.errors.UniqueViolation):
        database.execute("create unique index concurrently half_made on marts.devices (device_id) nulls not distinct")
    database.execute("delete from marts.devices where device_id = 'z'")
    assert database.value(_ALL) == 1
    succeeded(load(project))
    assert database.value(_GOOD) == 1
    devices.assert_all_loaded()


@pytest.mark.usefixtures("bare")
def test_a_deferrable_constraint_on_the_key_is_refused(project, database, devices):
    """`on conflict` fails beside one, even where a good index is there. Guard: indimmediate in ensure_unique_index."""
    database.execute("alter table marts.devices add constraint late unique (device_id) deferrable")
    outcome = load(project)
    assert not outcome.success
    assert "a deferrable unique constraint on its key, marts.late" in message(outcome, "devices")
    database.execute("alter table marts.devices drop constraint late")
    succeeded(load(project))
    devices.assert_all_loaded()


@pytest.mark.usefixtures("bare")
@pytest.mark.parametrize("genuine", _GENUINE)
def test_an_index_that_keeps_one_row_a_key_counts(project, database, devices, genuine):
    """No second one is made beside it. Guard: the look into pg_index before `create unique index`."""
    database.execute(_GENUINE[genuine])
    succeeded(load(project))
    assert database.value(_ALL) == 1
    devices.assert_all_loaded()


def test_the_order_of_columns_does_not_matter(project, database):
    """Guard: the columns are compared as a set."""
    database.execute("create table public.delivered_pairs as select 1 as a, 2 as b, 'x' as value")
    database.execute("create schema marts")
    database.execute("create table marts.pairs as select * from public.delivered_pairs where false")
    database.execute("create unique index on marts.pairs (a, b) nulls not distinct")
    succeeded(project.with_files(_PAIRS).dbt_in_process("run", "--quiet", "--select", "pairs"))
    assert database.value("select count(*) from pg_index where indrelid = 'marts.pairs'::regclass") == 1
    assert database.rows("select * from marts.pairs") == [(1, 2, "x")]


@pytest.mark.usefixtures("bare")
def test_a_first_build_and_a_full_refresh_make_it(project, database, devices):
    """Also where an index of the new one's name stands on the old table. Guard: the call after the swap."""
    for options in ([], ["--full-refresh"], ["--full-refresh"]):
        succeeded(project.dbt_in_process("run", "--quiet", "--select", "devices", *options))
        assert (database.value(_GOOD), database.value(_ALL)) == (1, 1)
    devices.assert_all_loaded()


@pytest.mark.usefixtures("bare")
def test_duplicates_that_are_there_already_stop_the_run(project, database, devices):
    """With their count, three of them, and what to do; nothing is loaded or claimed. Guard: ensure_unique_index."""
    database.execute(
        "insert into marts.devices (device_id) values ('a'), ('b'), (null), (null), ('x'), ('x'), ('x'), ('y')"
    )
    rows = database.rows("select ctid, * from marts.devices order by ctid")

    said = message(load(project), "devices")
    assert '.marts.devices already holds 4 keys with more than one row, such as ["a"], ["b"], ["x"]' in said
    assert "Nothing was loaded." in said
    assert "onerow dedupe audit devices, then onerow dedupe apply devices" in said
    assert "dbt run --full-refresh --select devices" in said

    assert devices.claimed == [1]
    assert database.rows("select ctid, * from marts.devices order by ctid") == rows

    succeeded(project.dbt_in_process("run", "--quiet", "--select", "devices", "--full-refresh"))
    devices.assert_all_loaded()
