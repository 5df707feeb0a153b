"""The server is reachable from this machine alone, with its password alone, and never runs as root."""

import os
import socket

import psycopg
import pytest

from harness.database import connect
from onerow.server.lifecycle import find_server, start_server, stop_server
from onerow.server.login import Login


def ask(login, query="select 1"):
    with connect(login) as connection:
        return connection.execute(query).fetchone()[0]


def test_it_listens_on_loopback_and_on_no_socket_file(server):
    """Guard: listen_addresses and unix_socket_directories on the command line."""
    assert ask(server.login, "show listen_addresses") == "127.0.0.1"
    assert ask(server.login, "show unix_socket_directories") == ""
    others = {info[4][0] for info in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)} - {"127.0.0.1"}
    for address in others:
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection((address, server.login.port), timeout=5).close()


def test_a_wrong_password_is_refused(server):
    """Guard: scram-sha-256 in pg_hba.conf; `trust` would let anybody in."""
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        ask(Login(port=server.login.port, password="wrong"))
    assert ask(server.login, "select count(*) from pg_hba_file_rules where auth_method <> 'scram-sha-256'") == 0


def test_it_does_not_run_as_root(server):
    """Guard: user, group and extra groups are dropped."""
    with open(f"/proc/{server.pid}/status") as status:  # noqa: PTH123 - one line to read
        ids = {line.split(":")[0]: line.split()[1:] for line in status}
    assert "0" not in ids["Uid"] + ids["Gid"]
    if os.geteuid() == 0:
        assert "0" not in ids["Groups"]


def test_only_the_owner_reads_password_and_data(root):
    """Guard: modes 0600 and 0700."""
    start_server(root)
    modes = {path.name: path.stat().st_mode & 0o777 for path in (root / "pgpass", root, root / "postgres")}
    assert modes == {"pgpass": 0o600, ".onerow": 0o700, "postgres": 0o700}
    assert list((root / "postgres").glob("password*")) == []


def test_the_password_file_is_one_that_libpq_reads(root):
    """Guard: the format of pgpass."""
    login = start_server(root).login
    where = {"host": login.host, "port": login.port, "user": login.user, "dbname": login.dbname}
    with psycopg.connect(passfile=str(root / "pgpass"), **where) as connection:
        assert connection.info.dbname == "onerow"


def test_starting_twice_is_a_success_that_says_so(root):
    """Guard: the look for a postmaster before anything else."""
    first, second = start_server(root), start_server(root)
    assert (first.already_running, second.already_running) == (False, True)
    assert (first.pid, first.login) == (second.pid, second.login)


def test_it_stops_with_sessions_open_and_keeps_data_and_port(root):
    """Guard: SIGINT (SIGTERM would wait for the sessions); the port in pgpass."""
    first = start_server(root)
    session = connect(first.login)
    session.execute("create table kept as select 42 as n")
    session.commit()
    assert stop_server(root) is True
    assert find_server(root) is None
    assert stop_server(root) is False
    session.close()
    second = start_server(root)
    assert ask(second.login, "select n from kept") == 42
    assert second.login == first.login


def test_stopping_where_nothing_was_started_makes_nothing(root):
    """Guard: no folder, no lock."""
    assert stop_server(root) is False
    assert not root.exists()


def test_a_port_that_is_taken_is_given_up_for_another(root):
    """Guard: the look whether the port is free, and the port that is written back."""
    first = start_server(root).login
    stop_server(root)
    with socket.create_server(("127.0.0.1", first.port)):
        second = start_server(root).login
        assert second.port != first.port
        assert ask(second) == 1
    assert find_server(root).login == second


@pytest.mark.parametrize(
    "name",
    ["with a space", 'it\'s $HOME `id` "quoted"', "ünïcode", "/".join(["long" * 20] * 3)],
    ids=["space", "shell characters", "unicode", "longer than a socket path may be"],
)
def test_the_path_of_the_project_does_not_matter(tmp_path, name):
    """Guard: every program names the data folder as its working folder, and there is no socket."""
    root = tmp_path / name / ".onerow"
    try:
        assert ask(start_server(root).login) == 1
    finally:
        stop_server(root)


def test_a_parent_that_only_its_owner_may_enter_stays_closed(tmp_path):
    """Guard: as above. As root the server's account may not enter it; as another user this is the ordinary case."""
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    root = closed / "project" / ".onerow"
    try:
        assert ask(start_server(root).login) == 1
        assert closed.stat().st_mode & 0o777 == 0o700
    finally:
        stop_server(root)
