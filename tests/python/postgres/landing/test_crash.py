"""A landing that is killed leaves nothing, and can be tried again at once."""

from concurrent.futures import ThreadPoolExecutor

import pytest

HOLD_IN_THE_MIDDLE = """
create function public.hold() returns trigger language plpgsql as $$
begin
    if new.device_id = 'SN-1000' then perform pg_advisory_xact_lock_shared(42); end if;
    return new;
end $$;
create trigger hold before insert on landing.devices for each row execute function public.hold();
"""


@pytest.fixture
def held_in_the_middle(inbox, database):
    """A landing of many rows stops half way for as long as the returned connection holds its lock."""
    inbox.land_one(inbox.devices("before.csv", 1))
    database.execute(HOLD_IN_THE_MIDDLE)
    holder = database.connect()
    holder.execute("select pg_advisory_xact_lock(42)")
    return holder


def test_a_killed_landing_leaves_nothing_and_the_next_one_lands_all_of_it(
    inbox, patient, database, gate, held_in_the_middle
):
    """The retry waits for the session of the killed client, which still runs, and does not have to wait for its lock.

    Guard: one transaction a file; the unique index, at which the retry waits; client_connection_check_interval.
    """
    before = inbox.written()
    file = inbox.devices("a.csv", 2_000)
    killed = patient.start_onerow("land", "devices", file)
    gate.wait_until_waiting(1, [killed])
    session = database.value(
        "select pid from pg_stat_activity"
        " where datname = current_database() and application_name = 'onerow land devices'"
    )
    with ThreadPoolExecutor() as pool:
        retry = pool.submit(inbox.land_one, file)
        # Seen to wait before the kill: afterwards there may be too little time to see it.
        inbox.wait_for("select count(*) from pg_stat_activity where %s = any(pg_blocking_pids(pid))", session)
        assert killed.kill().returncode == -9
        inbox.wait_for("select 1 - count(*) from pg_stat_activity where pid = %s", session, seconds=30)
        assert inbox.written() == before
        assert not retry.done()
        held_in_the_middle.commit()
        landed = retry.result()
    assert (landed.row_count, landed.already_landed) == (2_000, False)
    assert inbox.written()[:2] == (2, 2_001)
    assert database.value("select count(distinct device_id) from landing.devices") == 2_000
