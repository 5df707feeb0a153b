"""A copy of the project as a reader of the docs has it."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness import warm_client
from harness.dbt_project import REPOSITORY, DbtProject
from onerow.server.lifecycle import start_server, stop_server

_NOT_CHECKED_IN = shutil.ignore_patterns(
    ".*_cache", ".git", ".hypothesis", ".onerow", ".venv", "__pycache__", "logs", "profiles.yml", "target"
)


@pytest.fixture(scope="session")
def stopped_server(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a server that was started once: a first start takes longest, and commands/test_server.py has it."""
    root = tmp_path_factory.mktemp("server") / ".onerow"
    start_server(root)
    stop_server(root)
    return root


@pytest.fixture
def clone(tmp_path: Path, project: DbtProject, stopped_server: Path) -> Iterator[Path]:
    """The project's files in a folder of its own, with a virtual environment. Its server is stopped at the end."""
    folder = tmp_path / "my onerow"
    shutil.copytree(REPOSITORY, folder, ignore=_NOT_CHECKED_IN)
    # With the owners of its files, which Python's own way to copy forgets.
    subprocess.run(["cp", "--archive", stopped_server, folder], check=True)
    _virtual_environment(folder / ".venv", project.warm())
    project.seed_target(folder / "target")
    yield folder
    subprocess.run([folder / ".venv/bin/onerow", "server", "stop"], cwd=folder, check=True, capture_output=True)


def _virtual_environment(folder: Path, listener: Path) -> None:
    """Make one like that of the tests, in which dbt and onerow start warm."""
    (folder / "bin").mkdir(parents=True)
    for entry in Path(sys.prefix).iterdir():
        if entry.name != "bin":
            (folder / entry.name).symlink_to(entry)
    for entry in (Path(sys.prefix) / "bin").iterdir():
        here = folder / "bin" / entry.name
        if entry.name in ("dbt", "onerow"):
            program = [sys.executable, "-IS", warm_client.__file__, os.fspath(listener), entry.name]
            here.write_text(f'#!/bin/sh\nexec {shlex.join(program)} "$@"\n')
            here.chmod(0o755)
        elif entry.name == "activate":
            # Some Pythons have the path in quotation marks, and others as a shell needs it.
            bare = re.compile(rf"(?<![\"']){re.escape(sys.prefix)}")
            text = bare.sub(lambda _: shlex.quote(os.fspath(folder)), entry.read_text())
            here.write_text(text.replace(sys.prefix, os.fspath(folder)))
        else:
            here.symlink_to(entry)
