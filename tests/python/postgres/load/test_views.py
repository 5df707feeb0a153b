"""Views: an unchanged one is left alone, a changed one gives way with little ado, and its dependents survive."""

import pytest

from harness.dbt_project import succeeded
from harness.devices import state

_STAGING = "models/staging/stg_devices.sql"

_DEPENDENTS = """
create view public.active with (security_barrier=true) as
    select device_id, reported_at from {of} where status = 'active';
create view public.newest as select max(reported_at) as newest from public.active;
create materialized view public.counted as select count(*) as devices from {of};
create unique index counted_key on public.counted (devices);
grant select on public.active to pg_monitor with grant option;
grant select (newest) on public.newest to pg_monitor;
grant select on public.newest to public;
comment on view public.active is 'those that it''s about';
comment on column public.active.reported_at is 'when';
comment on materialized view public.counted is 'how many';
"""

# Everything about them that a user sees, and nothing that tells one making from another.
_SEEN = """
select
    c.relname, pg_get_viewdef(c.oid), c.relkind::text, c.reloptions, c.relacl::text, obj_description(c.oid),
    (select array_agg((a.attname, col_description(c.oid, a.attnum), a.attacl)::text order by a.attnum)
        from pg_attribute as a where a.attrelid = c.oid and a.attnum > 0),
    (select array_agg(pg_get_indexdef(x.indexrelid)) from pg_index as x where x.indrelid = c.oid)
from pg_class as c
where c.relnamespace = 'public'::regnamespace and c.relkind in ('v', 'm')
order by c.relname
"""


@pytest.fixture
def run(project):
    """Run dbt on the project, or on a copy of it."""

    def run(*args, on=project):
        succeeded(on.dbt_in_process("run", *args))

    return run


@pytest.fixture
def with_staging(project):
    """The project with words of the staging view replaced."""

    def changed(old, new):
        staging = (project.folder / _STAGING).read_text()
        assert old in staging
        return project.with_files({_STAGING: staging.replace(old, new)})

    return changed


def identity(database):
    """Tell one making of the staging view from another: its oid, and the transaction that last touched it."""
    return database.rows("select oid, xmin from pg_class where oid = 'marts_staging.stg_devices'::regclass")[0]


def test_an_unchanged_view_is_left_alone(run, database):
    """Not even a reader that goes on reading is waited for. Guard: `keep` in way_to_view."""
    run()
    before = database.rows("select oid, relname, xmin from pg_class where relkind = 'v' order by oid")
    reader = database.connect()
    reader.execute("select * from marts_staging.stg_devices")
    run()
    assert database.rows("select oid, relname, xmin from pg_class where relkind = 'v' order by oid") == before


def test_appended_columns_replace_a_view_in_place(run, database, with_staging):
    """Guard: `replace` in way_to_view."""
    run("--select", "stg_devices")
    before = identity(database)
    run("--select", "stg_devices", on=with_staging("as _reject_reasons", "as _reject_reasons, 1 as appended"))
    assert identity(database)[0] == before[0]
    assert identity(database)[1] != before[1]


def test_another_condition_replaces_a_view_in_place(run, database, with_staging):
    """The columns are the same, the rows are not. Guard: the comparison of definitions in way_to_view."""
    run("--select", "stg_devices")
    before = identity(database)
    run("--select", "stg_devices", on=with_staging("from delivered\n", "from delivered where delivered.site is null\n"))
    assert identity(database)[0] == before[0]
    assert identity(database)[1] != before[1]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("delivered.site,", "delivered.site as place,"),
        ("delivered.site,", "delivered.site::varchar(20) as site,"),
        ("delivered.site,\n", ""),
        ("delivered.site,", 'delivered.site collate "C" as site,'),
    ],
    ids=["name", "type", "fewer", "collation"],
)
def test_other_columns_recreate_a_view(run, database, with_staging, old, new):
    """Guard: `recreate` in way_to_view."""
    run("--select", "stg_devices")
    before = identity(database)
    run("--select", "stg_devices", on=with_staging(old, new))
    assert identity(database)[0] != before[0]


def test_dependents_survive_the_recreation_of_a_view(run, database, with_staging, devices):
    """With grants, comments, options and indexes. Guard: bring_back_dependents."""
    devices.land(state("a"))
    run("--select", "+devices")
    database.execute(_DEPENDENTS.format(of="marts_staging.stg_devices"))
    before = database.rows(_SEEN)
    run("--select", "stg_devices", on=with_staging("delivered.site,", "delivered.site as place,"))
    assert database.rows(_SEEN) == before
    assert database.rows("select * from public.counted") == [(1,)]


def test_dependents_survive_a_full_refresh_of_the_mart(run, database, devices):
    """dbt would drop them by cascade. Guard: bring_back_dependents in swap_in."""
    devices.land(state("a"), state("b"))
    run()
    database.execute(_DEPENDENTS.format(of="marts.devices"))
    before = database.rows(_SEEN)
    devices.land(state("c"))
    run("--full-refresh", "--select", "devices")
    assert database.rows(_SEEN) == before
    assert database.rows("select * from public.counted") == [(3,)]


def test_a_dependent_that_no_longer_fits_is_named_in_a_warning(run, database, with_staging, capsys):
    """The others are kept. Guard: the exception handler in bring_back_dependents."""
    run("--select", "stg_devices")
    database.execute("create view public.places as select site from marts_staging.stg_devices")
    database.execute("create view public.by_place as select count(*) from public.places")
    database.execute("create view public.known as select device_id from marts_staging.stg_devices")
    run("--select", "stg_devices", on=with_staging("delivered.site,", "delivered.site as place,"))
    assert [name for (name, *_) in database.rows(_SEEN)] == ["known"]
    said = " ".join(capsys.readouterr().out.split())
    assert "view public.places no longer fits the new" in said
    assert "view public.by_place no longer fits the new" in said
    assert "column stg_devices.site does not exist" in said or 'column "site" does not exist' in said


def test_a_table_where_a_view_is_to_be_gives_way(run, database, with_staging):
    """As after a change of materialization. Guard: `recreate` for what is no view."""
    run("--select", "stg_devices", on=with_staging("with\n", "{{ config(materialized='table') }}\nwith\n"))
    assert database.value("select relkind::text from pg_class where oid = 'marts_staging.stg_devices'::regclass") == "r"
    run("--select", "stg_devices")
    assert database.value("select relkind::text from pg_class where oid = 'marts_staging.stg_devices'::regclass") == "v"
