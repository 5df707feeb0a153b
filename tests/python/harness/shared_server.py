"""One embedded server for all the processes of a test run."""

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from onerow.server.lifecycle import Server, start_server, stop_server

# What a crash of the machine would cost does not matter here. A crash of the server or of a client costs no more.
_FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@contextmanager
def shared_server(folder: Path) -> Iterator[Server]:
    """Start the server in `folder`, or join those who use it; whoever leaves last stops it and removes its data."""
    with (folder / "server-users.lock").open("a") as users:
        fcntl.flock(users, fcntl.LOCK_SH)
        try:
            yield start_server(folder / "server", settings=_FAST)
        finally:
            try:
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                pass  # somebody still uses it
            else:
                stop_server(folder / "server")
                shutil.rmtree(folder / "server", ignore_errors=True)
