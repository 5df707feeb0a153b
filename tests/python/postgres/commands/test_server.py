"""onerow server, as a user types it."""

import json
import os
import shutil
import sys
from pathlib import Path

import pytest

from harness.dbt_project import REPOSITORY
from harness.processes import Running
from onerow.commands.server import server

ONEROW = Path(sys.executable).parent / "onerow"


class Shell:
    """Runs programs in a project folder."""

    def __init__(self, folder):
        self.folder = folder
        self.count = 0

    def start(self, *command):
        self.count += 1
        env = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "DBT_"))}
        return Running(command, self.folder, env, self.folder.parent / f"output{self.count}")

    def onerow(self, *args):
        return self.start(ONEROW, *args).wait()


@pytest.fixture
def shell(tmp_path):
    """A project folder with a space in its name, as a clone has it: no profiles.yml yet."""
    folder = tmp_path / "my project"
    folder.mkdir()
    for name in ("dbt_project.yml", "profiles.yml.example"):
        shutil.copyfile(REPOSITORY / name, folder / name)
    shell = Shell(folder)
    yield shell
    shell.onerow("server", "stop").succeeded()


def test_after_start_plain_dbt_finds_the_server(shell):
    """Guard: profiles.yml is written from the example; the other target's variables need not be set."""
    assert "profiles.yml: written from profiles.yml.example" in shell.onerow("server", "start").succeeded().stdout
    query = "select current_user || '@' || current_database()"
    shown = shell.start(ONEROW.with_name("dbt"), "show", "--inline", query, "--output", "json").wait()
    assert "onerow@onerow" in shown.succeeded().stdout


def test_two_starts_at_once_start_one_server(shell):
    """Guard: the lock on .onerow/server.lock."""
    starts = [shell.start(ONEROW, "server", "start") for _ in range(2)]
    said = sorted(start.wait().succeeded().stdout.split(":")[0] for start in starts)
    assert said == ["The server is running", "The server was running already"]


def test_status_says_whether_it_runs_by_its_exit_code(shell):
    """Guard: NOT_RUNNING."""
    assert shell.onerow("server", "status").returncode == 3
    shell.onerow("server", "start").succeeded()
    status = shell.onerow("server", "status", "--format", "json").succeeded()
    assert json.loads(status.stdout)["running"] is True
    assert shell.onerow("server", "stop").succeeded().stdout == "The server is stopped.\n"
    assert shell.onerow("server", "stop").succeeded().stdout == "The server was not running.\n"


def test_env_points_libpq_at_the_server_and_prints_no_password(shell):
    """Guard: PGPASSFILE instead of PGPASSWORD, quoted for the shell."""
    shell.onerow("server", "start").succeeded()
    password = (shell.folder / ".onerow" / "pgpass").read_text().strip().split(":")[-1]
    printed = shell.onerow("server", "env").succeeded().stdout
    assert password not in printed
    code = "import psycopg; print(psycopg.connect().info.dbname)"
    script = f'export PGPASSWORD=wrong; eval "$("{ONEROW}" server env)" && "{sys.executable}" -c "{code}"'
    assert shell.start("/bin/sh", "-c", script).wait().succeeded().stdout == "onerow\n"


def test_env_of_a_server_that_does_not_run_prints_nothing_to_evaluate(shell):
    """Guard: the error goes to stderr, exit code 1."""
    finished = shell.onerow("server", "env")
    assert (finished.returncode, finished.stdout) == (1, "")
    assert "onerow server start" in finished.stderr


def test_no_password_is_printed_by_any_command(shell):
    """Nor is it in a file that others may read. Guard: what `start` and `status` print."""
    commands = ("start", "start", "status", "env", "stop")
    assert set(commands) == set(server.commands)
    printed = [str(shell.onerow("server", command)) for command in commands]
    password = (shell.folder / ".onerow" / "pgpass").read_text().strip().split(":")[-1]
    assert password not in "".join(printed)
    files = [file for file in shell.folder.rglob("*") if file.is_file() and password.encode() in file.read_bytes()]
    assert {(file.name, oct(file.stat().st_mode & 0o077)) for file in files} == {
        ("pgpass", "0o0"),
        ("profiles.yml", "0o0"),
    }


def test_outside_a_project_nothing_is_started(tmp_path):
    """Guard: the look for dbt_project.yml."""
    (tmp_path / "empty").mkdir()
    finished = Shell(tmp_path / "empty").onerow("server", "start")
    assert finished.returncode == 2
    assert "no dbt_project.yml" in finished.stderr
    assert not (tmp_path / "empty" / ".onerow").exists()


def test_the_command_does_not_import_dbt(shell):
    """Guard: the imports of commands/server.py. Importing dbt takes seconds."""
    code = (
        "import sys; from onerow.cli import onerow\n"
        "try: onerow(['server', 'status'])\n"
        "except SystemExit: print([name for name in ('dbt', 'psycopg', 'duckdb') if name in sys.modules])"
    )
    assert shell.start(sys.executable, "-c", code).wait().stdout.splitlines()[-1] == "[]"
