"""The throw-away copy of the project that the demo plays in, and the terminal on which it shows what it runs."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

PROJECT_DIR = Path(__file__).parents[2]

# What a user's clone does not hold: what was built in it.
_NOT_COPIED = shutil.ignore_patterns(
    ".*_cache", ".git", ".hypothesis", ".onerow", ".venv", "__pycache__", "logs", "profiles.yml", "target"
)
# Settings for other servers and projects that this machine may have.
_SETTINGS_OF_OTHERS = ("PG", "DBT_", "ONEROW_")
_INDENT = 2
# dbt's closing word about a load: `... OK created sql incremental model main.devices ... [INSERT 0 7 in 0.1s]`.
_LOADED = re.compile(r"incremental model .*\[(.*) in [\d.]+s\]")


class CommandFailedError(Exception):
    """A command of the demo did not end with exit code 0. Carries all that it printed."""

    def __init__(self, command: str, exit_code: int, output: str):
        super().__init__(f"{command} ended with exit code {exit_code}:\n{output}")


class Stage:
    """Runs commands as a user would type them, in the copy of the project, and shows each."""

    def __init__(self, folder: Path, console: Console):
        self.folder = folder
        self.console = console
        self._started: list[subprocess.Popen[str]] = []

    def start(self, *command: str, cwd: Path = Path()) -> subprocess.Popen[str]:
        """Show a command and start it."""
        prompt = f"{cwd.name} $ " if cwd != Path() else "$ "
        self.console.print(Text(prompt, style="dim").append(shlex.join(command), style="bold not dim cyan"))
        # The demo's own words alone: nothing comes from outside.
        run = subprocess.Popen(  # noqa: S603
            command,
            cwd=self.folder / cwd,
            env=self._environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._started.append(run)
        return run

    def finish(self, run: subprocess.Popen[str]) -> str:
        """Wait for a command and return what it printed.

        Raises:
            CommandFailedError: it did not end with exit code 0.
        """
        output, _ = run.communicate()
        if run.returncode != 0:
            raise CommandFailedError(shlex.join(run.args), run.returncode, output)
        return output

    def run(self, *command: str, cwd: Path = Path()) -> str:
        """Show a command, run it to its end and return what it printed."""
        return self.finish(self.start(*command, cwd=cwd))

    def kill(self) -> None:
        """End what still runs: something went wrong before it was waited for."""
        for run in self._started:
            if run.poll() is None:
                run.kill()
                run.wait()

    def heading(self, title: str) -> None:
        """Begin a part of the demo."""
        self.console.print()
        self.console.rule(f"[bold]{title}", align="left", style="dim")

    def say(self, text: str) -> None:
        """Explain what comes."""
        self.console.print(text, style="italic")

    def show(self, output: str) -> None:
        """Show what a command printed, as it printed it."""
        lines = Text("\n".join(line.rstrip() for line in output.strip("\n").splitlines()))
        self.console.print(Padding(lines, (0, 0, 0, _INDENT), expand=False))

    def show_loads(self, *dbt_outputs: str) -> None:
        """Show what dbt said of its loads of incremental models, without the clock, in an order that stays the same."""
        for message in sorted(message for output in dbt_outputs for message in _LOADED.findall(output)):
            self.show(message)

    def _environment(self) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(_SETTINGS_OF_OTHERS)}
        return inherited | {
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "COLUMNS": str(self.console.width - _INDENT),
            "DBT_PROFILES_DIR": str(self.folder),
            "DBT_USE_COLORS": "false",
        }


@contextmanager
def open_stage(console: Console) -> Iterator[Stage]:
    """Copy the project into a folder of its own, start the server there, and leave nothing behind."""
    with TemporaryDirectory(prefix="onerow-demo-") as folder:
        stage = Stage(Path(folder) / "onerow", console)
        shutil.copytree(PROJECT_DIR, stage.folder, ignore=_NOT_COPIED)
        try:
            stage.run("onerow", "server", "start")
            yield stage
        finally:
            stage.kill()
            stage.run("onerow", "server", "stop")
