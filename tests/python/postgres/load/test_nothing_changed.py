"""What has not changed is not written: no row, no dead tuple, no new version."""

import pytest

from harness.dbt_project import message, succeeded
from harness.devices import EARLIER, state

_COUNTERS = """
select n_tup_ins, n_tup_upd, n_tup_del, n_dead_tup from pg_stat_all_tables where relid = 'marts.devices'::regclass
"""
_OTHER_SESSIONS = """
select count(*) from pg_stat_activity
where datname = current_database() and backend_type = 'client backend' and pid <> pg_backend_pid()
"""


@pytest.fixture
def written(database, gate):
    """Ask what has been written to the mart so far: counters of rows, and where and by whom each row was written."""

    def ask():
        # A session reports its counters when it ends.
        gate.wait_until(lambda: database.value(_OTHER_SESSIONS) == 0, seconds=10)
        return database.rows(_COUNTERS), database.rows("select ctid, xmin, xmax from marts.devices order by ctid")

    return ask


def test_a_second_build_writes_nothing_and_says_so(project, devices, written):
    """Nothing has landed since. Guard: claims."""
    devices.land(state("a"), state("b"))
    succeeded(project.dbt_in_process("build", "--quiet"))
    before = written()
    assert before[0] == [(2, 0, 0, 0)]

    again = project.dbt_in_process("build", "--quiet")
    assert again.success
    assert message(again, "devices") == "upsert: nothing to load"
    assert written() == before
    devices.assert_all_loaded()


def test_the_same_content_as_a_new_delivery_writes_nothing_and_says_so(project, devices, written):
    """All rows are claimed, gathered and found unchanged. Guard: same_state in outcome_of."""
    rows = [state("a"), state("b"), state("c", site=None)]
    devices.land(*rows, batch_id="first")
    succeeded(project.dbt_in_process("run", "--quiet", "--select", "+devices"))
    before = written()

    devices.land(*rows, batch_id="second")
    again = project.dbt_in_process("run", "--quiet", "--select", "devices")
    assert message(again, "devices") == "upsert: 3 unchanged"
    assert written() == before
    devices.assert_all_loaded()


def test_stale_and_unchanged_rows_are_left_alone_beside_those_that_are_written(project, devices, database):
    """One row of four is modified; only that one gets a new version. Guards: same_state, is_newer."""
    devices.land(*(state(device) for device in "abcd"))
    succeeded(project.dbt_in_process("run", "--quiet", "--select", "+devices"))
    versions = "select device_id, xmin, ctid from marts.devices order by device_id"
    before = database.rows(versions)

    devices.land(state("a"), state("b", EARLIER), state("c", firmware="2"))
    again = project.dbt_in_process("run", "--quiet", "--select", "devices")
    assert message(again, "devices") == "upsert: 1 modified, 1 unchanged, 1 stale"
    after = database.rows(versions)
    assert [old[0] for old, new in zip(before, after, strict=True) if old != new] == ["c"]
    devices.assert_all_loaded()


@pytest.mark.parametrize("rows", [20_000])
def test_a_large_retry_writes_nothing(project, devices, database, written, rows):
    """A load that is large enough to be sampled first. Guards: mostly_changes, same_state."""
    devices.land(state("a"))
    succeeded(project.dbt_in_process("run", "--quiet", "--select", "+devices"))
    many = [state(f"d{number:06}") for number in range(rows)]
    devices.land(*many, batch_id="first")
    assert message(project.dbt_in_process("run", "--quiet", "--select", "devices"), "devices") == f"upsert: {rows} new"
    before = written()
    devices.land(*many, batch_id="second")
    assert (
        message(project.dbt_in_process("run", "--quiet", "--select", "devices"), "devices")
        == f"upsert: {rows} unchanged"
    )
    assert written() == before
    devices.assert_all_loaded()
