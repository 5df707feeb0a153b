"""Commands of onerow, run in this process."""

from collections.abc import Mapping
from pathlib import Path

from click.testing import CliRunner, Result

from harness.dbt_project import DbtProject
from onerow.cli import onerow


def call(project: DbtProject, command: str, files: Mapping[str, Path]) -> Result:
    """Run a command on a project. Words of it that are names of files stand for these."""
    words = [str(files.get(word, word)) for word in command.split()]
    folders = ["--project-dir", str(project.folder), "--profiles-dir", str(project.profiles_dir)]
    return CliRunner().invoke(onerow, [*words, *folders])
