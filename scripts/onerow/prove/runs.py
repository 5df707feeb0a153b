"""Runs of dbt as processes of their own, forked from this one, whose imports and manifest they need not make again."""

import json
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from onerow.errors import DbtFailed
from onerow.project import dbt
from onerow.project.project import Project
from onerow.prove.signals import later

_WATCH_SECONDS = 0.5


@dataclass(frozen=True)
class Ended:
    """How a run of dbt has ended."""

    # None: well. Otherwise dbt's own message.
    error: str | None
    # Statements that the model has sent.
    statements: int
    was_killed: bool


class TimeUp(Exception):
    """The time limit of the proof has come."""


class Run:
    """A run of dbt under way."""

    def __init__(self, process: Any, result: Path, log: Path):
        self._process = process
        self._result = result
        self._log = log

    @property
    def is_running(self) -> bool:
        """Whether it has not ended yet."""
        return self._process.is_alive()

    def kill(self) -> None:
        """End it with SIGKILL, as a crash would."""
        self._process.kill()
        self._process.join()

    def wait(self, deadline: float) -> Ended:
        """Wait for its end.

        Raises:
            TimeUp: it runs past the deadline (of time.monotonic()); it has been killed.
        """
        self._process.join(max(0.0, deadline - time.monotonic()))
        if self.is_running:
            self.kill()
            raise TimeUp
        if self._process.exitcode == -signal.SIGKILL:
            return Ended("killed", 0, was_killed=True)
        try:
            told = json.loads(self._result.read_text(encoding="utf-8"))
        except FileNotFoundError:
            printed = self._log.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-1:]
            return Ended(f"dbt ended with {self._process.exitcode}: {''.join(printed)}", 0, was_killed=False)
        return Ended(told["error"] and _told(told["error"]), told["statements"], was_killed=False)


def _told(error: str) -> str:
    """Return dbt's message without the line that says where, and the one that names a file which is soon gone."""
    lines = [line.strip() for line in error.splitlines()]
    told = [line for line in lines if line and not line.startswith("compiled code at ")]
    return "\n".join(told[1:] or told)


class Runs:
    """Starts runs of dbt on a manifest. `folder` takes dbt's target folder and results."""

    def __init__(self, project: Project, folder: Path):
        self._project = project
        self._folder = folder
        self._numbers = count(1)
        self._started: list[Run] = []
        self._here_ended = threading.Event()
        self._here_ended.set()

    def start(
        self,
        manifest: Any,
        selectors: Sequence[str],
        model: str,
        *,
        variables: dict[str, Any],
        full_refresh: bool = False,
        kill_at: int | None = None,
    ) -> Run:
        """Start a run that builds what is selected. With `kill_at` it dies before the model's statement of that number.

        `model` is the unique id of the model whose statements are counted.
        """
        number = next(self._numbers)
        result, log = (self._folder / f"{name}{number}" for name in ("result", "log"))
        command = self._command(number, selectors, variables, full_refresh)
        arguments = (self._project, command, manifest, model, kill_at, result, log)
        process = multiprocessing.get_context("fork").Process(target=_run, args=arguments, daemon=True)
        run = Run(process, result, log)
        # A Ctrl-C in between would leave a run behind that nobody knows of, and that goes on after the clean-up.
        with later():
            process.start()
            self._started.append(run)
        return run

    def run_here(self, manifest: Any, selectors: Sequence[str], variables: dict[str, Any]) -> str | None:
        """Run in this process, and return dbt's message if it fails.

        What dbt has then compiled of macros, the processes forked afterwards have too: they take a third of the time.
        """
        command = self._command(next(self._numbers), selectors, variables, False)
        errors: list[str] = []

        def work() -> None:
            try:
                _invoke(self._project, command, manifest, lambda unique_id: None)
            except DbtFailed as failed:
                errors.append(_told(failed.reason))
            finally:
                self._here_ended.set()

        # Not join(): a Ctrl-C in it has Python take the thread for ended.
        with later():
            self._here_ended.clear()
            threading.Thread(target=work, daemon=True).start()
        self._here_ended.wait()
        return errors[0] if errors else None

    def close(self) -> None:
        """Kill what still runs."""
        self._here_ended.wait()
        for run in self._started:
            if run.is_running:
                run.kill()

    def _command(
        self, number: int, selectors: Sequence[str], variables: dict[str, Any], full_refresh: bool
    ) -> list[str]:
        target = self._folder / f"target{number}"
        command = ["build", "--cache-selected-only", "--target-path", str(target), "--vars", json.dumps(variables)]
        for kind in ("model", "seed", "snapshot"):
            command += ["--resource-type", kind]
        return [*command, *(["--full-refresh"] if full_refresh else []), "--select", *selectors]


def _run(
    project: Project, command: list[str], manifest: Any, model: str, kill_at: int | None, result: Path, log: Path
) -> None:
    """Be the process: run dbt, leave the result in a file, and end without the parent's clean-up."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all processes of the terminal; the parent ends us
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT)
    os.dup2(descriptor, 1)
    os.dup2(descriptor, 2)
    sys.stdout, sys.stderr = os.fdopen(1, "w", closefd=False), os.fdopen(2, "w", closefd=False)
    threading.Thread(target=_end_with_parent, args=(os.getppid(),), daemon=True).start()
    statements = 0

    def count_statement(unique_id: str) -> None:
        nonlocal statements
        statements += unique_id == model
        if statements == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def work() -> None:
        error = None
        try:
            _invoke(project, command, manifest, count_statement)
        except DbtFailed as failed:
            error = failed.reason
        unfinished = result.with_suffix(".part")
        unfinished.write_text(json.dumps({"error": error, "statements": statements}), encoding="utf-8")
        unfinished.rename(result)

    # dbt walks the whole stack for each of its behaviour flags; that of a new thread is empty.
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    sys.stderr.flush()
    os._exit(0)


def _invoke(project: Project, command: list[str], manifest: Any, on_statement: Callable[[str], None]) -> None:
    dbt.invoke_watched(project.project_dir, project.profiles_dir, project.target, command, manifest, on_statement)


def _end_with_parent(parent: int) -> None:
    """End this process when its parent is gone, whatever has ended that."""
    while os.getppid() == parent:
        time.sleep(_WATCH_SECONDS)
    os.kill(os.getpid(), signal.SIGKILL)
