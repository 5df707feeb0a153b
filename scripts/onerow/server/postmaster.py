"""The server's first process, as its pid file names it and as the system knows it."""

import os
from dataclasses import dataclass
from pathlib import Path

from onerow.errors import NotYourServer

_PID_FILE = "postmaster.pid"
_PID_LINE, _PORT_LINE, _STATUS_LINE = 0, 3, 7
_PROC = Path("/proc")
# Greater than the greatest pid of Linux, 2^22: no process has it.
_NOBODYS_PID = 4194305


@dataclass(frozen=True)
class Postmaster:
    """A live postmaster. Until it is ready it still recovers, or goes down already, and takes no connections."""

    pid: int
    port: int
    is_ready: bool


def find_postmaster(data: Path) -> Postmaster | None:
    """Return the postmaster that serves this data folder, or None.

    A pid file may outlive its process, and another process may get its number: only one that works in the data folder
    counts.

    Raises:
        NotYourServer: the data folder belongs to another user.
    """
    lines = _read_pid_file(data)
    if len(lines) <= _PORT_LINE or not works_in(int(lines[_PID_LINE]), data):
        return None
    is_ready = len(lines) > _STATUS_LINE and lines[_STATUS_LINE].strip() == "ready"
    return Postmaster(int(lines[_PID_LINE]), int(lines[_PORT_LINE]), is_ready)


def works_in(pid: int, data: Path) -> bool:
    """Tell whether a live process has the data folder as its working folder, as every process of its server has."""
    if not _PROC.exists():
        return _exists(pid)  # not Linux: the best that can be known is that some process has this pid
    try:
        return (_PROC / str(pid) / "cwd").readlink() == data.resolve()
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return False  # gone, a zombie, or another user's


def find_leftovers(data: Path) -> list[int]:
    """Return the pids of the server's processes: after the death of the postmaster, those that have not noticed yet."""
    pids = (int(entry.name) for entry in _PROC.glob("[0-9]*"))
    return sorted(pid for pid in pids if works_in(pid, data))


def disown_pid_file(data: Path) -> None:
    """Make a dead postmaster's pid file name nobody, in case its pid now belongs to a process of the same user.

    PostgreSQL would take that process for a server and refuse to start. The other lines stay: by them it sees for
    itself whether the shared memory is still in use.
    """
    lines = _read_pid_file(data)
    if not lines:
        return
    # As root in a folder of another account: never through a link that it might have planted.
    handle = os.open(data / _PID_FILE, os.O_WRONLY | os.O_TRUNC | os.O_NOFOLLOW)
    with os.fdopen(handle, "w", encoding="utf-8") as pid_file:
        pid_file.write("\n".join([str(_NOBODYS_PID), *lines[1:]]) + "\n")


def _read_pid_file(data: Path) -> list[str]:
    try:
        return (data / _PID_FILE).read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []
    except PermissionError as error:
        raise NotYourServer(data) from error


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
