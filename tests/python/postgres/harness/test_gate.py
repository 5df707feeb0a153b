"""The gate: nobody passes while it is held, and who waits is seen."""

import os
import sys

import pytest

from harness.processes import Running


def insert(database, tmp_path, number):
    """Start a psql-like process that inserts one row into public.held."""
    login = database.login
    url = f"postgresql://{login.user}@{login.host}:{login.port}/{login.dbname}"
    statement = f"insert into public.held values ({number})"
    code = f"import psycopg; psycopg.connect({url!r}, autocommit=True).execute({statement!r})"
    environment = {**os.environ, "PGPASSWORD": login.password}
    return Running([sys.executable, "-c", code], tmp_path, environment, tmp_path / f"insert{number}")


@pytest.fixture
def held(database):
    """An empty table."""
    database.execute("create table public.held (n integer)")


@pytest.mark.usefixtures("held")
def test_writers_are_held_until_the_block_is_left(database, gate, tmp_path):
    """Guard: the gate's lock, and the count of sessions that wait for it."""
    with gate.hold("public.held", "share row exclusive"):
        runs = [insert(database, tmp_path, number) for number in range(3)]
        gate.wait_until_waiting(3, runs)
        assert database.value("select count(*) from public.held") == 0
    assert [run.wait().returncode for run in runs] == [0, 0, 0]
    assert database.value("select count(*) from public.held") == 3


@pytest.mark.usefixtures("held")
def test_a_run_that_ends_too_early_fails_the_wait_at_once(database, gate, tmp_path):
    """Guard: the look at the runs while waiting."""
    with gate.hold("public.held"):
        run = Running(["/bin/sh", "-c", "echo gone >&2; exit 7"], tmp_path, {}, tmp_path / "gone")
        with pytest.raises(AssertionError, match=r"ended before[^$]*exit code 7[^$]*gone"):
            gate.wait_until_waiting(1, [run])


@pytest.mark.usefixtures("held")
def test_a_wait_in_vain_shows_what_every_session_does(database, gate):
    """Guard: the deadline."""
    database.connect(application_name="bystander")
    with gate.hold("public.held"), pytest.raises(AssertionError, match=r"not yet: 1 sessions[^$]*bystander"):
        gate.wait_until_waiting(1, seconds=0.2)
