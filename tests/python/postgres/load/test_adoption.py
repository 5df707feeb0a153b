"""An existing incremental model takes up onerow in steps: our strategy, then a version, then a source with claims."""

import pytest

from harness.dbt_project import message, succeeded

_MODEL = "models/marts/things.sql"
_SELECT = "select id, value, updated_at from public.delivered"

_FROM_LANDING = """
select device_id, status, reported_at, _batch_no, _line_number, _reject_reasons
from {{ ref('stg_devices') }}
where {{ onerow.claimed() }}
"""


@pytest.fixture
def run(project, database):
    """Run the model in a step of its adoption; return what dbt says."""
    database.execute("create table public.delivered (id integer, value text, updated_at integer)")

    def run(select, strategy, *, key="id", **meta):
        config = f"config(unique_key={key!r}, incremental_strategy={strategy!r}, meta={{'onerow': {meta!r}}})"
        changed = project.with_files({_MODEL: f"{{{{ {config} }}}}\n{select}"})
        return message(changed.dbt_in_process("run", "--quiet", "--select", "things"), "things")

    return run


def deliver(database, *rows):
    """Put other rows in the place of those that are delivered."""
    database.execute("truncate public.delivered")
    for row in rows:
        database.execute("insert into public.delivered values (%s, %s, %s)", *row)


def test_our_strategy_alone_folds_duplicates_and_writes_nothing_twice(run, database):
    """On a table that dbt's merge has built. The later load wins, as in dbt. Guards: fold, same_state."""
    deliver(database, (1, "a", 1), (2, "b", 1))
    run(_SELECT, "merge")
    deliver(database, (1, "a", 1), (2, "c", 0), (3, "d", 1), (3, "e", 1))
    assert run(_SELECT, "upsert") == "upsert: 1 new, 1 modified, 1 unchanged, 1 superseded"
    assert run(_SELECT, "upsert") == "upsert: 3 unchanged, 1 superseded"
    assert database.rows("select * from marts.things order by id") == [(1, "a", 1), (2, "c", 0), (3, "e", 1)]
    assert (
        database.value(
            "select indnullsnotdistinct from pg_index where indrelid = 'marts.things'::regclass and indisunique"
        )
        is True
    )


def test_a_version_column_adds_the_guard(run, database):
    """An older row that arrives late changes nothing. Guard: is_newer."""
    deliver(database, (1, "a", 2), (2, "b", 2))
    run(_SELECT, "upsert")
    deliver(database, (1, "old", 1), (2, "c", 3))
    assert run(_SELECT, "upsert", version_column="updated_at") == "upsert: 1 modified, 1 stale"
    assert database.rows("select * from marts.things order by id") == [(1, "a", 2), (2, "c", 3)]


def test_a_source_adds_claims_and_accounting(run, database, devices, project):
    """Also to a table that was loaded without. Guards: adapt_mart, claim_batches, record_outcomes."""
    row = {"device_id": "a", "status": "active", "reported_at": "2026-05-01T00:00:00Z"}
    devices.land(row)
    succeeded(project.dbt_in_process("run", "--quiet", "--select", "stg_devices"))
    before = "select device_id, status, reported_at from {{ ref('stg_devices') }}"
    assert run(before, "upsert", key="device_id", version_column="reported_at") == "upsert: 1 new"

    devices.land({**row, "reported_at": "2026-05-02"}, {**row, "device_id": "b"}, {**row, "device_id": None})
    said = run(_FROM_LANDING, "upsert", key="device_id", version_column="reported_at", source="devices")
    assert said == "upsert: 1 new, 1 modified, 1 superseded, 1 rejected"
    assert database.rows("select device_id, _batch_no from marts.things order by 1") == [("a", 2), ("b", 2)]
    assert database.rows("select batch_no from onerow.claims where model like '%.things' order by 1") == [(1,), (2,)]
    assert run(_FROM_LANDING, "upsert", key="device_id", source="devices") == "upsert: nothing to load"


def test_another_strategy_is_left_to_dbt(run, database):
    """No lock, no index, no fold. Guard: the first lines of the incremental materialization."""
    deliver(database, (1, "a", 1), (1, "a", 1))
    assert run(_SELECT, "append").startswith("SELECT")
    assert run(_SELECT, "append").startswith("INSERT")
    assert database.value("select count(*) from marts.things") == 4
    assert database.value("select count(*) from pg_index where indrelid = 'marts.things'::regclass") == 0
