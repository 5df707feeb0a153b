"""A quarantine and a load at the same moment: either the mart is named, or the batch stays out of it."""

import pytest

from harness.devices import state
from onerow.batches.withhold import quarantine_batch
from onerow.errors import LockTimedOut

MART = "marts.devices"


def test_load_that_has_claimed_the_batch_is_waited_for_and_named(project, devices, gate):
    """The load is held after its claim. Guard: `for update` in quarantine_batch; a plain update would not wait."""
    devices.land(state("a"))
    assert project.dbt_in_process("run", "--quiet", "--select", "stg_devices").success
    with gate.hold("onerow.load_outcomes"):
        load = project.start_dbt("run", "--select", "devices")
        gate.wait_until_waiting(1, [load], of=MART)
        quarantine = project.start_onerow("batches quarantine", "1")
        gate.wait_until_waiting(1, [load, quarantine], of="onerow batches")
    load.wait().succeeded()

    said = quarantine.wait().succeeded().stdout

    assert "Already consumed by devices." in said
    assert devices.claimed == [1]


def test_load_that_comes_during_a_quarantine_waits_and_leaves_the_batch_out(project, job, connection, devices, gate):
    """The quarantine is held before its commit. Guard: `for key share` in claim_batches, which looks again.

    Without it the check of the foreign key waits as well, and then the claim stands.
    """
    withheld, sibling = devices.land(state("a")), devices.land(state("b"))
    assert project.dbt_in_process("run", "--quiet", "--select", "stg_devices").success
    with connection.transaction():
        result = quarantine_batch(job, connection, withheld)
        load = project.start_dbt("run", "--select", "devices")
        gate.wait_until_waiting(1, [load], of=MART)
    load.wait().succeeded()

    assert result.standing.consumptions == ()
    assert devices.claimed == [sibling]
    devices.assert_all_loaded()


def test_load_that_comes_during_a_quarantine_that_fails_takes_the_batch(project, job, connection, devices, gate):
    """Guard: the batch is looked at again, not left out because somebody held it."""
    devices.land(state("a"))
    assert project.dbt_in_process("run", "--quiet", "--select", "stg_devices").success
    with connection.transaction(force_rollback=True):
        quarantine_batch(job, connection, 1)
        load = project.start_dbt("run", "--select", "devices")
        gate.wait_until_waiting(1, [load], of=MART)
    load.wait().succeeded()

    devices.assert_all_loaded()


def test_load_that_takes_too_long_is_named(job, connection, devices, database):
    """Guard: LockTimedOut, and the savepoint in which the lock is taken."""
    devices.land(state("a"))
    load = database.connect(application_name="dbt a load")
    load.execute(
        "insert into onerow.claims (model, batch_no, source, row_count, invocation_id, xid)"
        " values ('db.marts.devices', 1, 'devices', 1, 'i', pg_current_xact_id())"
    )
    connection.execute("set lock_timeout = '100ms'")

    with pytest.raises(
        LockTimedOut, match=r"batch 1: waited 100ms for pid \d+ \(dbt a load, user .*Nothing was written"
    ):
        quarantine_batch(job, connection, 1)
