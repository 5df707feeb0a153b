"""One embedded server for all the processes of a test run."""

import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

from psycopg import sql

from harness.database import connect
from onerow.server.lifecycle import Server, start_server, stop_server

# What a crash of the machine would cost does not matter here. A crash of the server or of a client costs no more.
_FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
# A database a test is hundreds of files made and removed. On ext4, which looks for a number that was not free a moment
# ago for each of them, that takes a twentieth of all the tests' time; in memory hardly any.
_MEMORY = Path("/dev/shm")  # noqa: S108 - what is made there has a name of its own, and is its user's alone
_ENOUGH_BYTES = 1024**3  # four times what has been seen
_PREFIX = "onerow-tests-"


@contextmanager
def shared_server(folder: Path) -> Iterator[Server]:
    """Start the server of `folder`, or join those who use it; whoever leaves last stops it and removes its data.

    Its data is in memory where there is room for that.
    """
    root = _root(folder)
    with _users(root).open("a") as users:
        fcntl.flock(users, fcntl.LOCK_SH)
        try:
            server = start_server(root, settings=_FAST)
            if not server.already_running:
                _log_in_quickly(server)
            yield server
        finally:
            _remove_unused(root, users)


def _root(folder: Path) -> Path:
    """Return where the server of a folder is, the same for all its users."""
    in_memory = _MEMORY / f"{_PREFIX}{hashlib.sha256(os.fspath(folder).encode()).hexdigest()[:16]}"
    if _users(in_memory).exists():
        return in_memory
    if not os.access(_MEMORY, os.W_OK) or shutil.disk_usage(_MEMORY).free < _ENOUGH_BYTES:
        return folder / "server"
    _remove_left(in_memory)
    return in_memory


def _remove_left(own: Path) -> None:
    """Remove what this user's runs that were killed have left in memory."""
    for left in set(_MEMORY.glob(f"{_PREFIX}*.users")) - {_users(own)}:
        with suppress(FileNotFoundError, PermissionError), left.open() as users:
            if os.fstat(users.fileno()).st_uid == os.getuid():
                _remove_unused(left.with_suffix(""), users)


def _users(root: Path) -> Path:
    return root.with_suffix(".users")


def _remove_unused(root: Path, users: TextIO) -> None:
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return  # somebody still uses it
    stop_server(root)
    shutil.rmtree(root, ignore_errors=True)
    _users(root).unlink(missing_ok=True)


def _log_in_quickly(server: Server) -> None:
    """Store the password anew, hashed once and not 4,096 times: that is most of a connection, and dbt makes many."""
    with connect(server.login, autocommit=True) as connection:
        connection.execute("set scram_iterations = 1")
        user, password = sql.Identifier(server.login.user), sql.Literal(server.login.password)
        connection.execute(sql.SQL("alter role {} password {}").format(user, password))
