"""kill -9 of a run inside its transaction: nothing of it stays, and the run behind it loads everything."""

import pytest

from harness.dbt_project import succeeded
from harness.devices import LATER, state

SESSIONS_OF_THE_LOAD = """
select count(*) from pg_stat_activity
where datname = current_database() and application_name like 'dbt %.marts.devices'
"""


@pytest.fixture
def loaded(devices, project):
    """One batch loaded, and one that waits."""
    devices.land(state("a"), state("b"))
    succeeded(project.dbt_in_process("run", "--quiet", "--select", "+devices"))
    devices.land(state("a", LATER), state("c"), state(None))


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize("table", ["onerow.claims", "onerow.load_outcomes"])
def test_the_retry_of_a_killed_run_loads_each_batch_once(project, gate, devices, table):
    """Killed as it claims, or after it has written, its retry already behind it. Guard: one transaction for all."""
    with gate.hold(table):
        killed = project.start_dbt("run", "--select", "devices")
        gate.wait_until_waiting(1, [killed])
        retry = project.start_dbt("run", "--select", "devices")
        gate.wait_until_waiting(2, [killed, retry])
        killed.kill()
    assert killed.wait().returncode == -9
    retry.wait().succeeded()
    devices.assert_all_loaded()


@pytest.mark.usefixtures("loaded")
def test_a_killed_run_does_not_hold_its_lock_for_long(project, database, gate, devices):
    """The server notices the dead client while its session still waits. Guard: client_connection_check_interval."""
    with gate.hold("onerow.claims"):
        killed = project.start_dbt("run", "--select", "devices")
        gate.wait_until_waiting(1, [killed])
        killed.kill()
        gate.wait_until(lambda: database.value(SESSIONS_OF_THE_LOAD) == 0, seconds=10)
    succeeded(project.dbt_in_process("run", "--quiet", "--select", "devices"))
    devices.assert_all_loaded()


def test_a_first_build_that_is_killed_leaves_nothing_behind(project, database, gate, devices):
    """Killed with the new table filled and not yet swapped in. Guards: one transaction, names of the run's own."""
    devices.land(state("a"), state("b"))
    succeeded(project.dbt_in_process("run", "--quiet", "--select", "stg_devices"))
    with gate.hold("onerow.load_outcomes"):
        killed = project.start_dbt("run", "--select", "devices")
        gate.wait_until_waiting(1, [killed])
        killed.kill()
    succeeded(project.dbt_in_process("run", "--quiet", "--select", "devices"))
    devices.assert_all_loaded()
    assert database.rows(
        "select relname from pg_class where relnamespace = 'marts'::regnamespace and relkind = 'r'"
    ) == [("devices",)]
