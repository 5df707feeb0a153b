"""A function of the suite's own in a process of its own."""

import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from harness.processes import Finished, Running


class Forked(Running):
    """A function, forked from this process; what it prints goes to files, as with any other."""

    def __init__(self, function: Callable[[list[str]], None], args: Sequence[str], output: Path):
        """`args` are the words by which it is known, and what follows the first is what the function is given."""
        self.args = list(args)
        self.stdout_file, self.stderr_file = output.with_suffix(".stdout"), output.with_suffix(".stderr")

        def run() -> None:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            for descriptor, file in ((1, self.stdout_file), (2, self.stderr_file)):
                os.dup2(os.open(file, os.O_WRONLY), descriptor)
            sys.stdout, sys.stderr = os.fdopen(1, "w"), os.fdopen(2, "w")
            function(self.args[1:])

        self.stdout_file.touch()
        self.stderr_file.touch()
        self._process = multiprocessing.get_context("fork").Process(target=run, daemon=True)
        self._process.start()

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid or 0

    @property
    def is_running(self) -> bool:
        """Whether it has not ended yet."""
        return self._process.is_alive()

    def wait(self, seconds: float = 120) -> Finished:
        """As Running.wait()."""
        self._process.join(seconds)
        assert self._process.exitcode is not None, f"still running after {seconds} s: {self._finished(-1)}"
        return self._finished(self._process.exitcode)

    def kill(self) -> Finished:
        """End it with SIGKILL, as a crash would."""
        self._process.kill()
        return self.wait()
