"""Real processes: run to the end, or started, watched and killed."""

import multiprocessing
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Finished:
    """A process that has ended, and what it printed."""

    args: list[str]
    returncode: int
    stdout: str
    stderr: str

    def succeeded(self) -> "Finished":
        """Return itself if the exit code is 0; fail the test with all that was printed if not."""
        assert self.returncode == 0, str(self)
        return self

    def __str__(self) -> str:
        """Show command, exit code and output."""
        return f"{' '.join(self.args)}\nexit code {self.returncode}\n{self.stdout}\n{self.stderr}"


class Running:
    """A process in a process group of its own. What it prints goes to files, so that it never waits for a reader."""

    def __init__(self, args: Sequence[str | Path], cwd: Path, env: Mapping[str, str], output: Path):
        self.args = [os.fspath(arg) for arg in args]
        self.stdout_file, self.stderr_file = output.with_suffix(".stdout"), output.with_suffix(".stderr")
        with self.stdout_file.open("wb") as stdout, self.stderr_file.open("wb") as stderr:
            self.popen = subprocess.Popen(
                self.args,
                cwd=cwd,
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=stdout,
                stderr=stderr,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        """Its process id, which is that of its group too."""
        return self.popen.pid

    @property
    def is_running(self) -> bool:
        """Whether it has not ended yet."""
        return self.popen.poll() is None

    def wait(self, seconds: float = 120) -> Finished:
        """Wait for its end.

        Raises:
            AssertionError: it is still running after that time; shows what it has printed.
        """
        try:
            self.popen.wait(seconds)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"still running after {seconds} s: {self._finished(-1)}") from None
        return self._finished(self.popen.returncode)

    def kill(self) -> Finished:
        """End the whole group with SIGKILL, as a crash would."""
        if self.is_running:
            os.killpg(self.pid, signal.SIGKILL)
        return self.wait()

    def _finished(self, returncode: int) -> Finished:
        return Finished(
            self.args,
            returncode,
            self.stdout_file.read_text(encoding="utf-8", errors="replace"),
            self.stderr_file.read_text(encoding="utf-8", errors="replace"),
        )


class Forked(Running):
    """A program's main function in a process of its own, forked from this one, whose imports it need not do again."""

    def __init__(
        self,
        function: Callable[[list[str]], None],
        args: Sequence[str],
        cwd: Path,
        env: Mapping[str, str],
        output: Path,
    ):
        self.args = list(args)
        self.stdout_file, self.stderr_file = output.with_suffix(".stdout"), output.with_suffix(".stderr")

        def run() -> None:
            for descriptor, file in ((1, self.stdout_file), (2, self.stderr_file)):
                os.dup2(os.open(file, os.O_WRONLY), descriptor)
            sys.stdout, sys.stderr = os.fdopen(1, "w"), os.fdopen(2, "w")
            os.chdir(cwd)
            os.environ.clear()
            os.environ.update(env)
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
