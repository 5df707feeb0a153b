"""The folder of a test run is in memory, where there is room.

A database a test, and a copy of the project for many of them, are hundreds of thousands of files made and removed. On
ext4, which looks for a number that was not free a moment ago for each of them, that takes a tenth of the tests' time.
It goes with the run. To look at what a failed test has left, name another place: pytest --basetemp /tmp/kept
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from onerow.server.lifecycle import stop_server

_MEMORY = Path("/dev/shm")  # noqa: S108 - what is made there has a name of its own, and is its user's alone
_ENOUGH_BYTES = 2 * 1024**3  # three times what has been seen
_PREFIX = "onerow-tests-"
SERVER = "server"


@contextmanager
def folder_in_memory() -> Iterator[Path | None]:
    """Give the path of a folder for a run, removed at the end; None where there is no room, or programs may not run."""
    if not os.access(_MEMORY, os.W_OK) or _no_program_runs() or shutil.disk_usage(_MEMORY).free < _ENOUGH_BYTES:
        yield None
        return
    _remove_left()
    parent = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=_MEMORY))
    # Locked as long as this process lives, and no longer: so the next run knows what has been left. And locked before
    # it can be seen, or a run that begins at the same moment would take it for left.
    aside = _lock(parent).with_suffix(".new")
    with aside.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        aside.rename(_lock(parent))
        try:
            yield parent / "run"
        finally:
            _remove(parent)


def _no_program_runs() -> bool:
    return bool(os.statvfs(_MEMORY).f_flag & os.ST_NOEXEC)


def _remove_left() -> None:
    """Remove what this user's runs that were killed have left."""
    for left in _MEMORY.glob(f"{_PREFIX}*.lock"):
        with suppress(FileNotFoundError, PermissionError, BlockingIOError), left.open() as lock:
            if os.fstat(lock.fileno()).st_uid == os.getuid():
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                _remove(left.with_suffix(""))


def _remove(parent: Path) -> None:
    stop_server(parent / "run" / SERVER)  # whoever was killed has not
    shutil.rmtree(parent, ignore_errors=True)
    _lock(parent).unlink(missing_ok=True)


def _lock(parent: Path) -> Path:
    return parent.with_suffix(".lock")
