"""Real processes: run to the end, or started, watched and killed."""

import os
import select
import signal
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from harness import warm_client


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


class Warm(Running):
    """A program that is started by a process of `harness.warm`, whose imports it need not do again."""

    def __init__(self, listener: Path, args: Sequence[str], cwd: Path, env: Mapping[str, str], output: Path):
        self.args = list(args)
        self.stdout_file, self.stderr_file = output.with_suffix(".stdout"), output.with_suffix(".stderr")
        with (
            Path(os.devnull).open("rb") as stdin,
            self.stdout_file.open("wb") as stdout,
            self.stderr_file.open("wb") as stderr,
        ):
            descriptors = [file.fileno() for file in (stdin, stdout, stderr)]
            self._pid, self._connection = warm_client.start(listener, self.args, cwd, env, descriptors)
        self._exit_code: int | None = None

    @property
    def pid(self) -> int:
        """Its process id, which is that of its group too."""
        return self._pid

    @property
    def is_running(self) -> bool:
        """Whether it has not ended yet."""
        return not self._has_ended(within=0)

    def wait(self, seconds: float = 120) -> Finished:
        """As Running.wait()."""
        assert self._has_ended(seconds), f"still running after {seconds} s: {self._finished(-1)}"
        return self._finished(self._exit_code or 0)

    def _has_ended(self, within: float) -> bool:
        if self._exit_code is None:
            answered, _, _ = select.select([self._connection], [], [], within)
            if answered:
                self._exit_code = warm_client.received(self._connection)
                self._connection.close()
        return self._exit_code is not None


def all_succeed(runs: Iterable[Running]) -> None:
    """Wait for each; fail the test with all that the first one to fail has printed."""
    for run in runs:
        run.wait().succeeded()
