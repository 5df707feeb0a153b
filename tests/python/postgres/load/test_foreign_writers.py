"""Writers that know nothing of onerow, between a load's plan and its write: as if one came after the other."""

import pytest

from harness.dbt_project import message, succeeded
from harness.devices import EARLIER, LATER, state
from harness.stopped_load import stopped_load

_LATEST = "2026-06-01T00:00:00Z"

_SWALLOW = """
create function public.swallow() returns trigger language plpgsql as $$ begin return null; end $$;
create trigger swallow before insert on marts.devices
for each row when (new.device_id = 'b') execute function public.swallow();
"""


@pytest.fixture
def stopped(project, database, gate):
    """The load of devices, stopped between plan and write while the block is executed."""
    return lambda: stopped_load(project, database, gate, "devices")


def load(project):
    """Load what has landed, without anybody in between."""
    succeeded(project.dbt_in_process("run", "--quiet", "--select", "+devices"))


def insert(database, device_id, firmware, reported_at):
    """Insert a row that is what state() delivers, but for its firmware."""
    database.execute(
        "insert into marts.devices (device_id, firmware, status, reported_at) values (%s, %s, 'active', %s)",
        device_id,
        firmware,
        reported_at,
    )


def update(database, device_id, firmware, reported_at):
    """Change a row."""
    database.execute(
        "update marts.devices set firmware = %s, reported_at = %s where device_id = %s",
        firmware,
        reported_at,
        device_id,
    )


def delete(database, device_id):
    """Delete a row."""
    database.execute("delete from marts.devices where device_id = %s", device_id)


def of_batch(devices, batch_no):
    """The outcomes of one batch."""
    return {outcome: row_count for (batch, outcome), row_count in devices.outcomes.items() if batch == batch_no}


def firmware(devices):
    """The firmware of each device."""
    return {row[0]: row[2] for row in devices.rows if not row[0].startswith("many")}


@pytest.mark.parametrize("many", [0, 20_000], ids=["planned", "direct"])
def test_what_was_written_between_plan_and_write_meets_the_same_rules(project, database, devices, stopped, many):
    """A load that looked first, and one that writes all at once. Guards: the loop in write_load, upsert_rows."""
    devices.land(*(state(device) for device in ("deleted", "raced", "reached", "spared", "idle")))
    load(project)
    changed = [
        state(device, LATER, firmware="2") for device in ("deleted", "raced", "reached", "spared", "late", "early")
    ]
    batch = devices.land(*changed, state("idle"), *(state(f"many{number:05}") for number in range(many)))

    with stopped():
        delete(database, "deleted")
        update(database, "raced", "9", _LATEST)
        update(database, "reached", "2", LATER)
        update(database, "spared", "0", EARLIER)
        insert(database, "late", "9", _LATEST)
        insert(database, "early", "0", EARLIER)

    assert firmware(devices) == {
        "deleted": "2", "early": "2", "idle": "1", "late": "9", "raced": "9", "reached": "2", "spared": "2",
    }  # fmt: skip
    assert of_batch(devices, batch) == {"new": 1 + many, "modified": 2, "stale": 2, "unchanged": 2}


def test_null_keys_meet_the_same_rules(project, database, devices, stopped):
    """A NULL key is looked up after the first write, foreign writer or not. Guard: reopen_rows."""
    unkeyed = project.with_files(
        {"models/staging/stg_devices.sql": (project.folder / "models/staging/stg_devices.sql").read_text().replace(
            "{{ onerow.reject_reasons('devices') }}", "null::text[]"
        )}
    )  # fmt: skip
    devices.land(state(None), state("a"))
    load(unkeyed)
    assert of_batch(devices, 1) == {"new": 2}
    devices.land(state(None, LATER, firmware="2"), state("b"))
    with stopped():
        update(database, "a", "9", _LATEST)
    assert of_batch(devices, 2) == {"new": 1, "modified": 1}
    assert database.rows("select device_id, firmware from marts.devices order by 1") == [
        ("a", "9"),
        ("b", "1"),
        (None, "2"),
    ]


@pytest.mark.parametrize("ending", ["commit", "rollback"])
def test_a_foreign_writer_that_has_not_committed_is_waited_for(project, database, gate, devices, ending):
    """Its row decides once it commits, and does not if it rolls back. Guard: on conflict do update, in key order."""
    devices.land(state("a"), state("b"))
    load(project)
    devices.land(state("a", LATER, firmware="2"), state("c", firmware="2"))
    foreign = database.connect()
    foreign.execute("update marts.devices set firmware = '9', reported_at = %s where device_id = 'a'", [_LATEST])
    foreign.execute("insert into marts.devices (device_id, firmware, reported_at) values ('c', '9', %s)", [_LATEST])
    run = project.start_dbt("run", "--select", "devices")
    gate.wait_until_waiting(1, [run])
    getattr(foreign, ending)()
    run.wait().succeeded()
    if ending == "commit":
        assert firmware(devices) == {"a": "9", "b": "1", "c": "9"}
        assert of_batch(devices, 2) == {"stale": 2}
    else:
        devices.assert_all_loaded()


def test_rows_that_never_arrive_end_in_an_error_and_nothing_is_loaded(project, database, devices):
    """As with a trigger that swallows a row each time. Guard: the limit of passes in write_load."""
    devices.land(state("a"))
    load(project)
    database.execute(_SWALLOW)
    devices.land(state("a", LATER), state("b"), state("c"))
    said = message(project.dbt_in_process("run", "--quiet", "--select", "devices"), "devices")
    assert "Nothing was loaded" in said
    assert "1 rows of" in said
    assert devices.claimed == [1]
    assert devices.outcomes == {(1, "new"): 1}
    assert firmware(devices) == {"a": "1"}

    database.execute("drop trigger swallow on marts.devices")
    load(project)
    devices.assert_all_loaded()


def test_two_writers_of_the_same_keys_in_opposite_order_do_not_deadlock(project, database, gate, devices):
    """The foreign writer goes by key. Guard: upsert_rows writes in key order."""
    devices.land(*(state(device) for device in "abcd"))
    load(project)
    devices.land(*(state(device, LATER) for device in "dcba"))
    foreign = database.connect()
    foreign.execute("update marts.devices set site = 'x' where device_id = 'a'")
    run = project.start_dbt("run", "--select", "devices")
    gate.wait_until_waiting(1, [run])
    for device in "bcd":
        foreign.execute("update marts.devices set site = 'x' where device_id = %s", [device])
    foreign.commit()
    run.wait().succeeded()
    assert of_batch(devices, 2) == {"modified": 4}
    assert {row[5].isoformat() for row in devices.rows} == {"2026-05-02T12:00:00+00:00"}
