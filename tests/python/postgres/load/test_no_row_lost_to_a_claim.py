"""Whatever is done to mart and views: a batch counts as consumed only while the table that has its rows stands."""

import pytest

from harness.dbt_project import succeeded
from harness.devices import LATER, NOON, state

_EVENT_TIMES = {
    "models/staging/stg_devices.yml": """
models:
  - name: stg_devices
    config: {event_time: reported_at}
"""
}


@pytest.fixture
def run(project):
    """Run dbt on the mart and what it reads, or on what is selected, in the project or in a copy of it."""

    def run(*args, on=project):
        selected = () if "--select" in args else ("--select", "+devices")
        succeeded(on.dbt_in_process("run", "--quiet", *selected, *args))

    return run


@pytest.fixture
def other_strategy(project):
    """The project with the mart as dbt's own merge, which claims nothing."""
    mart = (project.folder / "models/marts/devices.sql").read_text()
    mart = mart.replace("incremental_strategy='upsert'", "incremental_strategy='merge'")
    return project.with_files(
        {"models/marts/devices.sql": mart.replace("where {{ onerow.claimed() }}", "where _reject_reasons is null")}
    )


@pytest.fixture
def no_sample(project):
    """The project whose staging can be sampled."""
    return project.with_files(_EVENT_TIMES)


def test_an_empty_run_before_the_first_batch(run, devices):
    """Views are never limited: the mart alone then reads what has landed. Guard: unlimited_sql."""
    run("--empty")
    devices.land(state("a"))
    run("--select", "devices")
    devices.assert_all_loaded()


def test_an_empty_run_claims_nothing(run, devices):
    """Neither on a table that is there, nor for a batch that waits. Guard: is_limited in claim_batches."""
    devices.land(state("a"))
    run()
    devices.land(state("a", LATER), state("b"))
    run("--empty")
    assert devices.claimed == [1]
    run("--select", "devices")
    devices.assert_all_loaded()


def test_an_empty_full_refresh_gives_all_batches_back(run, devices, database):
    """The mart is empty then, so its claims are gone too. Guard: claim_batches deletes what another table consumed."""
    devices.land(state("a"))
    devices.land(state("b"))
    run()
    run("--full-refresh", "--empty")
    assert devices.claimed == []
    assert database.value("select count(*) from marts.devices") == 0
    run()
    devices.assert_all_loaded()


def test_a_sampled_run_claims_nothing_and_limits_no_view(run, devices, no_sample):
    """A sample would claim a batch and read a part of it. Guards: is_limited in claim_batches, unlimited_sql."""
    devices.land(state("a"), state("b", LATER))
    sample = "--sample={'start': '2026-05-02', 'end': '2026-05-03'}"
    run(sample, on=no_sample)
    assert devices.claimed == []
    run("--select", "devices", on=no_sample)
    devices.assert_all_loaded()

    devices.land(state("a", "2026-05-05"), state("c"))
    run("--full-refresh", sample, on=no_sample)
    assert devices.claimed == []
    run("--select", "devices", on=no_sample)
    devices.assert_all_loaded()


def test_a_full_refresh_under_another_strategy_and_back(run, devices, other_strategy):
    """dbt's merge builds another table; what the first one consumed is loaded into it. Guard: claims.relation_oid."""
    devices.land(state("a"), state("b"))
    run()
    run("--full-refresh", "--select", "devices", on=other_strategy)
    devices.land(state("a", LATER), state("c"))
    run()
    assert devices.claimed == [1, 2]
    assert [row[0] for row in devices.rows] == ["a", "b", "c"]
    run("--full-refresh")
    devices.assert_all_loaded()


def test_a_mart_that_was_made_by_hand(run, devices, database):
    """It has one row that nobody delivered, and lacks those that were. Guard: claims.relation_oid."""
    devices.land(state("a"), state("b"))
    run()
    database.execute("create table marts.by_hand (like marts.devices)")
    database.execute("drop table marts.devices cascade; alter table marts.by_hand rename to devices")
    database.execute("insert into marts.devices (device_id, reported_at) values ('z', '2026-05-01')")
    run()
    assert devices.claimed == [1]
    assert [row[0] for row in devices.rows] == ["a", "b", "z"]


def test_a_mart_that_was_dropped(run, devices, database):
    """A first build again: everything is replayed. Guard: claim_batches deletes the claims of a table that is gone."""
    devices.land(state("a"), state("b"))
    run()
    devices.land(state("a", LATER))
    run()
    database.execute("drop table marts.devices cascade")
    run()
    devices.assert_all_loaded()


@pytest.mark.parametrize("command", [["show", "--select", "devices"], ["compile"], ["ls"], ["docs", "generate"]])
def test_commands_that_only_look_claim_nothing(project, devices, run, command):
    """Guard: claimed() renders true in `dbt show`; only the materialization claims."""
    devices.land(state("a"))
    run("--select", "+devices")
    devices.land(state("a", LATER), state("b"))
    succeeded(project.dbt_in_process(*command, "--quiet"))
    assert devices.claimed == [1]
    run("--select", "devices")
    devices.assert_all_loaded()


def test_show_reads_all_batches(project, devices, run):
    """Before the mart has consumed any. Guard: claimed() renders true in `dbt show`."""
    devices.land(state("a"), state("b", NOON))
    run("--select", "stg_devices")
    shown = succeeded(project.dbt_in_process("show", "--select", "devices", "--indirect-selection", "empty", "--quiet"))
    assert len(shown.result.results[0].agate_table.rows) == 2


def test_batches_are_loaded_a_few_at_a_time_and_a_full_refresh_takes_all(project, devices, run):
    """Guard: max_batches_per_run, and none in a rebuild, which would swap in a part."""
    mart = (project.folder / "models/marts/devices.sql").read_text()
    few = project.with_files(
        {"models/marts/devices.sql": mart.replace("'version_column'", "'max_batches_per_run': 2, 'version_column'")}
    )
    run("--select", "+devices", on=few)
    for number in range(3):
        devices.land(state("a", f"2026-05-0{number + 1}"), state(f"d{number}"))
    run("--select", "devices", on=few)
    assert devices.claimed == [1, 2]
    run("--select", "devices", on=few)
    devices.assert_all_loaded()
    run("--select", "devices", "--full-refresh", on=few)
    devices.assert_all_loaded()


def test_unit_tests_of_a_mart_read_everything_and_claim_nothing(project, devices, run):
    """With a mock in the place of staging, where no batch is claimed. Guard: claimed() renders true in a unit test."""
    devices.land(state("a"))
    run("--select", "stg_devices")
    succeeded(project.dbt_in_process("test", "--quiet", "--select", "devices,test_type:unit"))
    assert devices.claimed == []
