"""Runs at once, of the whole project or of a mart: they wait for each other, none fails, no row is lost or doubled."""

import pytest

from harness.dbt_project import succeeded
from harness.devices import EARLIER, LATER, NOON, state
from harness.processes import all_succeed

# Whose sessions show that a run has come to the mart. There are more marts, which wait for themselves.
MART = "marts.devices"
# What a run needs of the project where the mart alone is at stake.
ITS_OWN = ("--select", "+devices")


@pytest.fixture
def project(project):
    """The project with enough threads for all of its marts, so that none keeps a run from `devices`."""
    return project.with_profile(threads=6)


@pytest.fixture
def landed(devices):
    """Two batches that wait: duplicates, a refused row, and states that meet."""
    devices.land(state("a"), state("b"), state("b", firmware="2"), state(None), state("c", "yesterday"))
    devices.land(state("a", LATER), state("b", EARLIER), state("d"))


@pytest.fixture
def loaded(landed, project):
    """The same two batches, loaded by a run of the whole project."""
    succeeded(project.dbt_in_process("run", "--quiet"))


@pytest.mark.usefixtures("landed")
def test_three_first_runs_build_one_mart_and_claim_each_batch_once(project, gate, devices):
    """The first is held as it claims. Guards: lock_relation, look_again."""
    with gate.hold("onerow.claims"):
        runs = [project.start_dbt("run") for _ in range(3)]
        gate.wait_until_waiting(len(runs), runs, of=MART)
    all_succeed(runs)
    devices.assert_all_loaded()


@pytest.mark.usefixtures("loaded")
def test_four_runs_while_batches_land_claim_each_batch_once(project, gate, devices):
    """The first is held after it has written; batches land before, meanwhile, and later on. Guard: lock_relation."""
    devices.land(state("a", "2026-05-03"), state("e"))
    with gate.hold("onerow.load_outcomes"):
        runs = [project.start_dbt("run", *ITS_OWN) for _ in range(4)]
        gate.wait_until_waiting(len(runs), runs, of=MART)
        devices.land(state("a", "2026-05-04"), state("b", NOON, firmware="3"), state(" "))
    landings = [
        project.start_onerow("land", "devices", devices.file(state("e", LATER, site=str(n)), state(f"f{n}")))
        for n in range(2)
    ]
    all_succeed(runs + landings)
    succeeded(project.dbt_in_process("run", "--quiet", *ITS_OWN))
    devices.assert_all_loaded()


@pytest.mark.usefixtures("loaded")
def test_three_full_refreshes_at_once_replay_everything_once(project, gate, devices):
    """Each replaces the table of the one before. Guards: lock_relation, take_away_dependents."""
    with gate.hold("onerow.claims"):
        runs = [project.start_dbt("run", "--full-refresh") for _ in range(3)]
        gate.wait_until_waiting(len(runs), runs, of=MART)
    all_succeed(runs)
    devices.assert_all_loaded()


@pytest.mark.usefixtures("loaded")
def test_a_full_refresh_among_plain_runs_loses_no_batch(project, gate, devices):
    """The plain runs wait for the swap and see the new table. Guards: lock_relation, look_again."""
    devices.land(state("a", "2026-05-03"))
    with gate.hold("onerow.load_outcomes"):
        refresh = project.start_dbt("run", "--full-refresh")
        gate.wait_until_waiting(1, [refresh], of=MART)
        runs = [project.start_dbt("run", *ITS_OWN) for _ in range(3)]
        gate.wait_until_waiting(4, [refresh, *runs], of=MART)
        devices.land(state("a", "2026-05-04"), state("g"))
    all_succeed([refresh, *runs])
    devices.assert_all_loaded()


def test_first_runs_in_an_empty_database_make_each_schema_once(project, database, gate):
    """Nothing is there, and nothing has landed. Guard: postgres__create_schema."""
    database.execute("drop schema onerow, landing cascade")
    project = project.with_profile(threads=1)  # one session a run
    with gate.hold("pg_catalog.pg_namespace", "share row exclusive"):
        runs = [project.start_dbt("run") for _ in range(3)]
        gate.wait_until_waiting(len(runs), runs)
    all_succeed(runs)
    assert database.value("select count(*) from marts.devices") == 0


def test_first_runs_make_the_ledger_once(project, database, gate):
    """The first is held in on-run-start. Guard: the advisory lock of ledger_ddl."""
    database.execute("drop schema onerow, landing cascade")
    for schema in ("marts", "marts_staging", "marts_monitoring"):
        database.execute(f"create schema {schema}")
    with gate.hold("pg_catalog.pg_namespace", "share row exclusive"):
        runs = [project.start_dbt("run", *ITS_OWN) for _ in range(3)]
        gate.wait_until_waiting(len(runs), runs)
    all_succeed(runs)
    versions = [version for (version,) in database.rows("select version from onerow.schema_version order by 1")]
    assert versions == list(range(1, max(versions) + 1))
