"""Loads and full refreshes that commit while a reconciliation reads make no false differences."""

import json
from contextlib import ExitStack

import psycopg
import pytest

from harness.database import Database
from onerow.errors import LockTimedOut, ReconcileFailed, RelationMissing
from onerow.reconcile import reconcile as job
from onerow.reconcile.snapshot import snapshot

MART = [(("marts", "devices"), "Build it")]


@pytest.fixture
def after_each_level(monkeypatch):
    """Have something happen whenever a level has been read."""

    def have(happen):
        read_level = job._reconcile_level

        def read_and_go_on(*arguments):
            level = read_level(*arguments)
            happen()
            return level

        monkeypatch.setattr(job, "_reconcile_level", read_and_go_on)

    return have


def test_write_between_two_levels_is_not_seen(reconciled, database, after_each_level):
    """A row goes after counts was read; accounting agrees with counts. Guard: repeatable read."""
    after_each_level(lambda: database.execute("delete from marts.devices where device_id = 'D-1'"))

    assert reconciled("counts", "accounting").status == "ok"
    assert reconciled("counts").status == "difference"  # the row is gone


def test_load_between_two_levels_is_not_seen(reconciled, landed_third, project, gate, after_each_level):
    """A load that has written is held before its commit, and let go after the first level. Guard: repeatable read."""
    before = reconciled().marts
    with ExitStack() as held:
        held.enter_context(gate.hold("onerow.load_outcomes", "share row exclusive"))
        load = project.start_dbt("run", "--select", "devices")
        gate.wait_until_waiting(1, [load], of="marts.devices")

        def let_go():
            held.close()
            load.wait().succeeded()

        after_each_level(let_go)
        assert reconciled().marts == before
    assert before[0].waiting_batches == [3]
    after = reconciled()
    assert (after.status, after.marts[0].waiting_batches) == ("ok", [])


def test_load_between_lock_and_first_read_is_seen_whole(connection, database):
    """The snapshot is taken at the first read. Guard: neither `set transaction` nor `lock table` takes it before."""
    with snapshot(connection, MART):
        database.execute("delete from marts.devices where device_id = 'D-1'")
        assert connection.execute("select count(*) from marts.devices").fetchone() == (6,)
        database.execute("delete from marts.devices where device_id = 'D-2'")
        assert connection.execute("select count(*) from marts.devices").fetchone() == (6,)


def test_full_refresh_that_commits_first_is_seen_whole(project, gate):
    """The command waits for the swap, then sees its rows and claims. Guard: the locks are taken before the snapshot.

    With the snapshot first, the new table's rows are younger: the mart looks empty, and every batch seems to wait.
    """
    with gate.hold("marts.devices", "access share"):
        refresh = project.start_dbt("run", "--full-refresh", "--select", "devices")
        gate.wait_until_waiting(1, [refresh], of="marts.devices")
        run = project.start_onerow("reconcile", "devices", "--format", "json")
        gate.wait_until_waiting(1, [refresh, run], of="onerow reconcile")
    refresh.wait().succeeded()

    [mart] = json.loads(run.wait().succeeded().stdout)["marts"]

    assert mart["waiting_batches"] == []
    assert {
        figure["figure"]: (figure["source"], figure["destination"])
        for level in mart["levels"]
        for figure in level["figures"]
        if figure["figure"] in ("keys", "mart_rows")
    } == {"keys": (7, 7), "mart_rows": (7, 7)}


def test_full_refresh_waits_for_the_reader(connection, database):
    """Guard: the lock is held until the block is left."""
    refreshing = database.connect(options="-c lock_timeout=100ms")
    with snapshot(connection, MART), pytest.raises(psycopg.errors.LockNotAvailable):
        refreshing.execute("drop table marts.devices cascade")
    refreshing.rollback()

    refreshing.execute("drop table marts.devices cascade")


def test_holder_of_a_locked_table_is_named(connection: psycopg.Connection, database: Database, gate):
    """Guard: the lock timeout, and the savepoint in which the lock is taken."""
    connection.execute("set lock_timeout = '100ms'")
    connection.commit()

    with (
        gate.hold("marts.devices"),
        pytest.raises(LockTimedOut, match=r'"marts"."devices": waited 100ms for pid \d+ \(gate'),
        snapshot(connection, MART),
    ):
        pass


@pytest.mark.parametrize("table", [("marts", "nowhere"), ("nowhere", "devices")], ids=["table", "schema"])
def test_missing_table_is_named_with_its_remedy(connection, table):
    """Guard: RelationMissing."""
    with (
        pytest.raises(RelationMissing, match=r"there is no table .*nowhere.*Build it"),
        snapshot(connection, [(table, "Build it")]),
    ):
        pass


def test_table_that_may_not_be_read_is_named(connection, database):
    """Guard: ReconcileFailed for what PostgreSQL refuses."""
    database.execute("create role reader_of_nothing")
    try:
        database.execute("grant usage on schema marts to reader_of_nothing")
        connection.execute("set role reader_of_nothing")
        connection.commit()
        with (
            pytest.raises(ReconcileFailed, match=r"marts\.devices could not be read: permission denied"),
            snapshot(connection, MART),
        ):
            pass
    finally:
        connection.rollback()
        connection.execute("reset role")
        connection.commit()
        database.execute("drop owned by reader_of_nothing")
        database.execute("drop role reader_of_nothing")


def test_reconciliation_writes_nothing(connection):
    """Guard: read only."""
    with pytest.raises(psycopg.errors.ReadOnlySqlTransaction), snapshot(connection, MART):
        connection.execute("delete from marts.devices")
