"""A copy of the project as a reader of the docs has it."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.dbt_project import REPOSITORY

_NOT_CHECKED_IN = shutil.ignore_patterns(
    ".*_cache", ".git", ".hypothesis", ".onerow", ".venv", "__pycache__", "logs", "profiles.yml", "target"
)


@pytest.fixture
def clone(tmp_path: Path) -> Iterator[Path]:
    """The project's files in a folder of its own, with the virtual environment. Its server is stopped at the end."""
    folder = tmp_path / "my onerow"
    shutil.copytree(REPOSITORY, folder, ignore=_NOT_CHECKED_IN)
    (folder / ".venv").symlink_to(sys.prefix)
    yield folder
    subprocess.run([folder / ".venv/bin/onerow", "server", "stop"], cwd=folder, check=True, capture_output=True)
