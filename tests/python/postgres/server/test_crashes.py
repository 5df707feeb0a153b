"""Whatever a crash has left behind, the next start works."""

import os
import signal
import subprocess
import threading
from contextlib import suppress

import psycopg
import pytest

from harness.database import connect
from onerow.errors import ServerFailed, WrongUse
from onerow.server import lifecycle
from onerow.server.lifecycle import find_server, start_server, stop_server
from onerow.server.postmaster import works_in


def kill(server, root, how=signal.SIGKILL):
    """Send a signal to the postmaster and wait until that process is gone; its children may not be."""
    os.kill(server.pid, how)
    while works_in(server.pid, root / "postgres" / "data"):
        os.sched_yield()


def test_sigterm_stops_it(root):
    """Guard: none of ours; a service manager must be able to stop it."""
    server = start_server(root)
    kill(server, root, signal.SIGTERM)
    assert find_server(root) is None


def test_what_was_committed_is_there_after_a_kill(root):
    """Guard: the wait for processes that outlive the postmaster; the pid file that it left."""
    server = start_server(root)
    with connect(server.login) as connection:
        connection.execute("create table kept as select 42 as n")
    kill(server, root)
    again = start_server(root)
    assert not again.already_running
    assert again.login == server.login
    with connect(again.login) as connection:
        assert connection.execute("select n from kept").fetchone() == (42,)


def test_a_start_waits_for_a_session_that_outlives_the_killed_server(root):
    """Guard: the wait for leftovers. Without it PostgreSQL finds its shared memory in use and refuses to start."""
    server = start_server(root)
    busy = connect(server.login, autocommit=True)
    worker = threading.Thread(target=count_for_a_while, args=[busy])
    with connect(server.login, autocommit=True) as watch:
        worker.start()
        state = "select count(*) from pg_stat_activity where query like '%generate_series%' and pid <> pg_backend_pid()"
        while watch.execute(state).fetchone() == (0,):
            pass
        kill(server, root)
    assert not start_server(root).already_running
    worker.join()


def count_for_a_while(connection):
    """Keep a server process busy for a second or two, in which it looks at nothing but its own work."""
    with suppress(psycopg.OperationalError):
        connection.execute("select count(*) from generate_series(1, 20000000)")


def test_a_pid_that_now_belongs_to_another_process_of_the_account_stops_nobody(root):
    """Guard: disown_pid_file. PostgreSQL takes any process of its own account for a server."""
    server = start_server(root)
    pid_file = root / "postgres" / "data" / "postmaster.pid"
    left_behind = pid_file.read_text()
    stop_server(root)
    owner = (root / "postgres").stat()
    account = {"user": owner.st_uid, "group": owner.st_gid, "extra_groups": []} if os.geteuid() == 0 else {}
    with subprocess.Popen(["sleep", "600"], cwd="/", **account) as bystander:
        try:
            pid_file.write_text(left_behind.replace(str(server.pid), str(bystander.pid), 1))
            os.chown(pid_file, owner.st_uid, owner.st_gid)
            assert find_server(root) is None
            assert not start_server(root).already_running
            assert bystander.poll() is None
        finally:
            bystander.kill()


def test_an_initialisation_that_was_cut_short_is_begun_anew(root):
    """Guard: the data folder is made aside and renamed."""
    aside = root / "postgres" / "data.aside"
    aside.mkdir(parents=True)
    (aside / "PG_VERSION").write_text("18\n")
    start_server(root)
    assert not aside.exists()


def test_a_failed_initialisation_leaves_no_data_folder(root, monkeypatch):
    """Guard: as above, and the error says what initdb said."""
    monkeypatch.setattr(lifecycle, "_HERE", "/nonexistent/data")
    with pytest.raises(ServerFailed, match=r"initdb failed: .*/nonexistent"):
        start_server(root)
    assert not (root / "postgres" / "data").exists()
    monkeypatch.undo()
    start_server(root)


def test_a_server_that_does_not_start_shows_the_end_of_its_log(root):
    """Guard: the log in ServerFailed."""
    with pytest.raises(ServerFailed, match=r'server\.log:\n[^$]*unrecognized [^$]* "no_such_setting"'):
        start_server(root, settings={"no_such_setting": "1"})
    assert find_server(root) is None


def test_a_lost_password_file_is_named_and_nothing_is_thrown_away(root):
    """Guard: the error instead of a new password for old data."""
    start_server(root)
    stop_server(root)
    (root / "pgpass").unlink()
    with pytest.raises(ServerFailed, match="pgpass with the password of the server is gone"):
        start_server(root)
    assert (root / "postgres" / "data" / "PG_VERSION").exists()


def test_data_of_another_version_is_refused_with_both_versions(root):
    """Guard: PG_VERSION is looked at before the server is started."""
    start_server(root)
    stop_server(root)
    (root / "postgres" / "data" / "PG_VERSION").write_text("17\n")
    with pytest.raises(WrongUse, match=r"was made by PostgreSQL 17, .* holds 18\.6"):
        start_server(root)
