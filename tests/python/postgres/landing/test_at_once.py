"""Landings at once: they wait for each other, and none of them fails."""

import json

import pytest

from harness.processes import all_succeed
from onerow.errors import LockTimedOut
from onerow.landing.land import land_file

WAITING_FOR = """
select wait_event, count(*) from pg_stat_activity
where datname = current_database() and wait_event_type = 'Lock'
group by wait_event order by wait_event
"""


def test_one_of_four_lands_the_file_and_the_others_report_it(inbox, patient, database, gate):
    """Guard: the ledger row is inserted first, so the others wait there; on conflict do nothing."""
    inbox.land_one(inbox.devices("before.csv", 1))
    file = inbox.devices("a.csv", 1000)
    with gate.hold("landing.devices", "share row exclusive"):
        runs = [patient.start_onerow("land", "devices", file, "--format", "json") for _ in range(4)]
        gate.wait_until_waiting(4, runs)
        assert database.rows(WAITING_FOR) == [("relation", 1), ("transactionid", 3)]
    outcomes = [json.loads(run.wait().succeeded().stdout)[0] for run in runs]
    assert sorted(outcome["result"] for outcome in outcomes) == ["already_landed"] * 3 + ["landed"]
    assert {outcome["batch_no"] for outcome in outcomes} == {
        database.value("select batch_no from onerow.batches where row_count = 1000")
    }
    assert inbox.written()[:2] == (2, 1001)


def test_other_files_do_not_wait_for_each_other(inbox, project, gate):
    """Guard: no lock but the one on the batch itself: both are held by the gate, neither by the other."""
    inbox.land_one(inbox.devices("before.csv", 1))
    with gate.hold("landing.devices", "share row exclusive"):
        runs = [project.start_onerow("land", "devices", inbox.devices(f"{n}.csv", n)) for n in (10, 20)]
        gate.wait_until_waiting(2, runs)
        assert inbox.blockers() == {"gate"}
    all_succeed(runs)
    assert inbox.written()[:2] == (3, 31)


def test_files_that_show_the_same_new_columns_do_not_block_each_other_for_good(inbox, patient, database, gate):
    """All are held at column b. Guard: changes are recorded in one order, else this ends in a deadlock; on conflict."""
    inbox.land_one(inbox.devices("before.csv", 1))
    files = [
        inbox.write(f"{columns}.csv", f"device_id,{','.join(columns)}\nd,1,2,3\n") for columns in ("abc", "cba", "bac")
    ]
    holder = database.connect()
    holder.execute("insert into onerow.schema_changes values ('devices', 'b', 'added', null, 'held back')")
    runs = [patient.start_onerow("land", "devices", file) for file in files]
    gate.wait_until_waiting(3, runs)
    holder.rollback()
    all_succeed(runs)
    added = database.rows("select column_name from onerow.schema_changes where change = 'added' order by 1")
    assert added == [("a",), ("b",), ("c",)]


def test_first_landings_at_once_make_the_tables_once(inbox, patient, database, gate):
    """Guard: the advisory lock in which the ledger and the landing tables are made."""
    with database.connect() as holder:
        holder.execute("select pg_advisory_xact_lock(hashtextextended('onerow:ledger', 0))")
        runs = [patient.start_onerow("land", "devices", inbox.devices(f"{n}.csv", n)) for n in range(1, 5)]
        gate.wait_until_waiting(4, runs)
    all_succeed(runs)
    assert inbox.written()[:2] == (4, 10)


def test_a_wait_that_takes_too_long_names_the_holder(inbox, project, gate):
    """Guard: the lock timeout of the session, and _holder."""
    inbox.land_one(inbox.devices("before.csv", 1))
    file = inbox.devices("a.csv", 3)
    with gate.hold("landing.devices", "share row exclusive"):
        first = project.start_onerow("land", "devices", file)
        gate.wait_until_waiting(1, [first])
        with inbox.project.connect("impatient") as connection:
            connection.autocommit = True
            connection.execute("set lock_timeout = '200ms'")
            for held_up, holder in ((file, "onerow land devices"), (inbox.devices("b.csv", 2), "gate")):
                with pytest.raises(LockTimedOut) as timed_out:
                    land_file(connection, "onerow", inbox.project.source("devices"), held_up)
                assert timed_out.value.waited == "200ms"
                assert f"({holder}, user " in timed_out.value.holder
    first.wait().succeeded()
    assert inbox.written()[:2] == (2, 4)
