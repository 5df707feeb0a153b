"""The repository's own dbt project, run against a test's database and writing nothing into the repository."""

import itertools
import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from harness import warm
from harness.processes import Finished, Running, Warm
from onerow.project.project import Project
from onerow.server.login import Login

REPOSITORY = Path(__file__).parents[3]
# What makes up the project; everything a test can change.
_PARTS = ("dbt_project.yml", "macros", "models", "seeds", "tests/dbt")
_PARTIAL_PARSE = "partial_parse.msgpack"
# Options of dbt for all that it can say in its log.
LOGGED = ("--log-level-file", "debug")
# Options of `dbt build` for what is built, and nothing that tests it.
WITHOUT_TESTS = ("--exclude-resource-type", "test", "--exclude-resource-type", "unit_test")
_FAILED = ("error", "fail", "runtime error")
_SETTINGS_OF_OTHERS = ("PG", "DBT_", "ONEROW_")


class DbtProject:
    """A dbt project folder, a profile for one database, and commands run on them."""

    def __init__(self, folder: Path, login: Login, scratch: Path, parsed: Path | None = None, **profile: Any):
        """`scratch` takes profile, target and logs; `parsed` is the target folder of an earlier parse."""
        self.folder = folder
        self.login = login
        self.scratch = scratch
        self.profiles_dir = scratch / "profiles"
        self.target_path = scratch / "target"
        self.log_path = scratch / "logs"
        self._parsed = parsed
        self._profile = profile
        self._job = Project(folder, self.profiles_dir)
        self._numbers = itertools.count(1)
        self._started: list[Running] = []
        self._children: list[DbtProject] = []
        self.profiles_dir.mkdir(parents=True)
        (self.profiles_dir / "profiles.yml").write_text(json.dumps(_profile(login, profile)))

    def dbt(self, *args: str, env: Mapping[str, str] | None = None) -> Finished:
        """Run dbt in a process of its own, to its end. With --write-json its artifacts are in `target_path`."""
        return self._start(["dbt", *args], self.target_path, env).wait()

    def start_dbt(self, *args: str, env: Mapping[str, str] | None = None) -> Running:
        """Start dbt. Each start has a target folder of its own: what runs at once meets in the database only."""
        return self._start(["dbt", *args], self._own_target(), env)

    def dbt_in_process(self, *args: str) -> Any:
        """Run dbt in this process, which saves its start and its parsing, and return its dbtRunnerResult."""
        from dbt.cli.main import dbtRunner  # noqa: PLC0415 - takes seconds, and not every test needs it

        self.seed_target()
        folders = {"project": self.folder, "profiles": self.profiles_dir}
        paths = {"target": self.target_path, "log": self.log_path}
        options = [f"--{name}-dir={folder}" for name, folder in folders.items()]
        options += [f"--{name}-path={path}" for name, path in paths.items()]
        # Both take a tenth of a small run, and more.
        if "--write-json" not in args:
            options.append("--no-write-json")
        if "--log-level-file" not in args:
            options.append("--log-level-file=none")
        arguments = [*args, *options, "--no-use-colors", "--no-version-check"]
        return dbtRunner().invoke(arguments)

    def job(self, patch: pytest.MonkeyPatch) -> Project:
        """Return the project as onerow's jobs read it in this process.

        For as long as the patch holds, what dbt writes in this process goes where this project's runs write.
        """
        self.seed_target()
        patch.setenv("DBT_TARGET_PATH", str(self.target_path))
        patch.setenv("DBT_LOG_PATH", str(self.log_path))
        return self._job

    def onerow(self, command: str, *args: str | Path, env: Mapping[str, str] | None = None) -> Finished:
        """Run a command of onerow, such as "land" or "batches list", on this project, to its end."""
        return self._start(self._onerow(command, args), self.target_path, env).wait()

    def start_onerow(self, command: str, *args: str | Path, env: Mapping[str, str] | None = None) -> Running:
        """Start a command of onerow on this project."""
        return self._start(self._onerow(command, args), self._own_target(), env)

    def with_files(self, files: Mapping[str, str | None]) -> "DbtProject":
        """Return a copy of the project with other files: path in the project to text, or to None to remove it."""
        folder = self.scratch / f"copy{next(self._numbers)}"
        for part in _PARTS:
            source = self.folder / part
            if source.is_dir():
                shutil.copytree(source, folder / part)
            elif source.exists():
                (folder / part).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source, folder / part)
        for path, text in files.items():
            if text is None:
                (folder / path).unlink()
            else:
                (folder / path).parent.mkdir(parents=True, exist_ok=True)
                (folder / path).write_text(text, encoding="utf-8")
        return self._child(folder, self._profile)

    def with_profile(self, **settings: Any) -> "DbtProject":
        """Return the same project under a profile with other settings, such as threads=1 or autocommit=True."""
        return self._child(self.folder, {**self._profile, **settings})

    @property
    def sent(self) -> str:
        """What runs with LOGGED have logged, every statement that they sent among it."""
        return (self.log_path / "dbt.log").read_text(encoding="utf-8")

    def close(self) -> None:
        """Kill what still runs."""
        for running in self._started:
            running.kill()
        for child in self._children:
            child.close()

    def warm(self) -> Path:
        """Return the socket at which `warm_client` asks for programs; the first call has the repository parsed."""
        if listener := warm.listener():
            return listener
        target = self.scratch / "warm"
        self.seed_target(target)
        return warm.start(REPOSITORY, self.profiles_dir, target, self._environment(target, None))

    def _child(self, folder: Path, profile: dict[str, Any]) -> "DbtProject":
        scratch = self.scratch / f"run{next(self._numbers)}"
        child = DbtProject(folder, self.login, scratch, self._parsed, **profile)
        self._children.append(child)
        return child

    def _onerow(self, command: str, args: tuple[str | Path, ...]) -> list[str]:
        project = ["--project-dir", self.folder, "--profiles-dir", self.profiles_dir]
        return [os.fspath(part) for part in ("onerow", *command.split(), *project, *args)]

    def _own_target(self) -> Path:
        return self.scratch / f"target{next(self._numbers)}"

    def seed_target(self, target: Path | None = None) -> None:
        """Give a target folder, by default the project's, what the earlier parse has left, if it has nothing yet."""
        target = target or self.target_path
        target.mkdir(exist_ok=True)
        if self._parsed is not None and not (target / _PARTIAL_PARSE).exists():
            shutil.copyfile(self._parsed / _PARTIAL_PARSE, target / _PARTIAL_PARSE)

    def _start(self, command: list[str], target: Path, env: Mapping[str, str] | None) -> Running:
        self.seed_target(target)
        output = self.scratch / f"{command[0]}{next(self._numbers)}"
        environment = self._environment(target, env)
        running = Warm(self.warm(), command, self.folder, environment, output)
        self._started.append(running)
        return running

    def _environment(self, target: Path, env: Mapping[str, str] | None) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(_SETTINGS_OF_OTHERS)}
        own = {
            "DBT_PROJECT_DIR": str(self.folder),
            "DBT_PROFILES_DIR": str(self.profiles_dir),
            "DBT_TARGET_PATH": str(target),
            "DBT_LOG_PATH": str(self.log_path),
            "DBT_USE_COLORS": "false",
            "DBT_VERSION_CHECK": "false",
            "DBT_WRITE_JSON": "false",
            "DBT_LOG_LEVEL_FILE": "none",
            "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        }
        return {**inherited, **own, **(env or {})}


def succeeded(outcome: Any) -> Any:
    """Return what dbt_in_process() returned if all went well; fail the test with every error if not."""
    if not outcome.success:
        failed = [result for result in outcome.result or () if result.status in _FAILED]
        raise AssertionError(outcome.exception or "\n".join(f"{each.node.name}: {each.message}" for each in failed))
    return outcome


def message(outcome: Any, node: str) -> str:
    """Return what dbt_in_process() says behind the name of a node: its result, or its error."""
    assert outcome.result is not None, outcome.exception
    [said] = [result.message for result in outcome.result if result.node.name == node]
    return str(said)


def _profile(login: Login, settings: Mapping[str, Any]) -> dict[str, Any]:
    output = {
        "type": "postgres",
        "host": login.host,
        "port": login.port,
        "user": login.user,
        "password": login.password,
        "dbname": login.dbname,
        "schema": "marts",
        "threads": 4,
    }
    return {"onerow": {"target": "test", "outputs": {"test": {**output, **settings}}}}
