"""What a clear error is: an exit code that says that it broke, and a message that names what was done to it."""

import re

from harness.processes import Finished

# What the faults do, as PostgreSQL, libpq and onerow name it. Anything else is an error of the suite's own making.
_CAUSES = {
    "disk full": r"No space left on device|disk full|temporary file size exceeds",
    "lock timeout": r"lock timeout|is being loaded by|: waited .* for ",
    "statement timeout": r"statement timeout",
    "no server": r"Connection refused|the database system is|timeout expired|connection to server .* failed",
    "session ended": r"terminating connection",
    "connection lost": r"server closed the connection|connection (?:is|has been|was)? ?(?:closed|lost|bad)"
    r"|connection already closed|could not receive data|could not send data|Connection reset by peer"
    r"|consuming input failed|SSL SYSCALL|lost synchronization|broken pipe|no connection to the server"
    r"|connection pointer is NULL|message type 0x|insufficient data",
}
_TRACEBACK = "Traceback (most recent call last)"
_FAILED_TEST = re.compile(r"Got \d+ results?, configured to fail|actual differs from expected")
_WENT_WELL = re.compile(r"^[\d: ]+\d+ of \d+ .*\[[^]]*\]\s*$", re.MULTILINE)


def cause(run: Finished) -> str | None:
    """Return what the output names as the cause, or None."""
    said = run.stdout + run.stderr
    return next((name for name, pattern in _CAUSES.items() if re.search(pattern, said, re.IGNORECASE)), None)


def unclear(run: Finished, *, was_killed: bool) -> str | None:
    """Return what is unclear about the end of a process, or None.

    A process that was killed may end as it likes. Else 0, or 1 with a message that names a cause; dbt's 2 says that it
    broke, too. A difference (3) and a failed test are none that anybody made: all that is compared must be equal.
    """
    if run.returncode == 0 or (was_killed and run.returncode < 0):
        return None
    said = run.stdout + run.stderr
    problems = {
        "differences where there are none": run.returncode == 3,
        f"exit code {run.returncode}": run.returncode not in ((1, 2, 3) if run.args[0] == "dbt" else (1, 3)),
        "a traceback": _TRACEBACK in said,
        "a test failed": _FAILED_TEST.search(said) is not None,
        "it failed in silence": not said.strip(),
        "an error that names no cause": cause(run) is None,
    }
    return next((problem for problem, is_so in problems.items() if is_so), None)


def shown(run: Finished) -> str:
    """Return what a process has printed, without the progress of dbt."""
    said = _WENT_WELL.sub("", f"{run.stdout}\n{run.stderr}")
    return f"exit code {run.returncode}\n" + "\n".join(line for line in said.splitlines() if line.strip())
