"""One embedded server for all the processes of a test run."""

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from psycopg import sql

from harness.database import connect
from harness.in_memory import SERVER
from onerow.server.lifecycle import Server, start_server, stop_server

# What a crash of the machine would cost does not matter here. A crash of the server or of a client costs no more.
_FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@contextmanager
def shared_server(folder: Path) -> Iterator[Server]:
    """Start the server of `folder`, or join those who use it; whoever leaves last stops it and removes its data."""
    root = folder / SERVER
    with root.with_suffix(".users").open("a") as users:
        fcntl.flock(users, fcntl.LOCK_SH)
        try:
            server = start_server(root, settings=_FAST)
            if not server.already_running:
                _log_in_quickly(server)
            yield server
        finally:
            try:
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                pass  # somebody still uses it
            else:
                stop_server(root)
                shutil.rmtree(root, ignore_errors=True)


def _log_in_quickly(server: Server) -> None:
    """Store the password anew, hashed once and not 4,096 times: that is most of a connection, and dbt makes many."""
    with connect(server.login, autocommit=True) as connection:
        connection.execute("set scram_iterations = 1")
        user, password = sql.Identifier(server.login.user), sql.Literal(server.login.password)
        connection.execute(sql.SQL("alter role {} password {}").format(user, password))
