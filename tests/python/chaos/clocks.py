"""Clocks that can be stepped, by libfaketime: it reads from a file how far the clock of a process is off."""

import os
from pathlib import Path

# Python's `time.sleep` fails under libfaketime; the folder holds one that does not.
_SLEEPS = Path(__file__).parent / "stepped"


class Clock:
    """How far the clocks of some processes are off."""

    def __init__(self, file: Path):
        """They go right at first. `file` is read by whoever the processes belong to."""
        self._file = file
        self._offset = 0.0
        self.step(0)

    def step(self, seconds: float) -> None:
        """Put them forward or back."""
        self._offset += seconds
        aside = self._file.with_suffix(".aside")
        aside.write_text(f"{self._offset:+.3f}s\n")
        aside.chmod(0o644)
        aside.replace(self._file)

    @property
    def settings(self) -> dict[str, str]:
        """Environment in which a process, with libfaketime in it, goes by this clock."""
        return {
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_CACHE_DURATION": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            # Else threads that wait for Python's lock come back at once and ask again: four of them take six times
            # the processor of one.
            "FAKETIME_FORCE_MONOTONIC_FIX": "0",
            "NO_FAKE_STAT": "1",
        }


def forks_with_clocks(libfaketime: Path, clock: Clock) -> dict[str, str]:
    """Return the environment of a Python process whose forks can each be given a clock of their own, by `settings`.

    The library is in it, and looks in the environment for its file each time that it reads it.
    """
    path = os.pathsep.join(filter(None, [str(_SLEEPS), os.environ.get("PYTHONPATH")]))
    return {**os.environ, **clock.settings, "LD_PRELOAD": str(libfaketime), "PYTHONPATH": path}


def find_libfaketime() -> Path | None:
    """Return the library that steps a process's clock, or None: apt-get install libfaketime."""
    return next(iter(sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))), None)
