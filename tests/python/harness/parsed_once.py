"""dbt runs in this process on what it has parsed before: to parse again takes half of a small run.

dbt takes a manifest by its own interface. Only to get hold of one needs a hand on its parser.
"""

import functools
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from dbt.cli import requires
from dbt.cli.main import dbtRunner
from dbt_common.tests import enable_test_caching

# What parsing depends on beside the files and the profile.
_PARSED_ANEW = {"--vars", "--no-partial-parse", "--warn-error", "--target", "--profile"}
# Folders of the repository in which dbt reads nothing.
_NOT_READ = {"docs", "examples", "logs", "python", "scripts", "target"}

# dbt's own tests have this on: a text that was taken apart once is not taken apart again.
enable_test_caching()


class ParsedOnce:
    """A project folder as it was parsed last, under one profile, and runs of dbt on it."""

    def __init__(self, folder: Path):
        self._folder = folder
        self._state: object = None
        self._manifest: Any = None
        self._fresh: Any = None

    def fresh(self, profile: str) -> Any:
        """Return what the last `parse` has come to, before any run; None if the project or the profile is another now.

        Runs leave in the manifest what they have compiled, and a plan compiles other SQL of the same models.
        """
        self._look(profile)
        return self._fresh

    def _look(self, profile: str) -> None:
        state = (profile, project_files(self._folder))
        if state != self._state:
            self._state, self._manifest, self._fresh = state, None, None

    def run(self, arguments: Sequence[str], profile: str) -> Any:
        """Run dbt and return its dbtRunnerResult. `profile` is the profile's text."""
        if not _PARSED_ANEW.isdisjoint(arguments):
            return dbtRunner().invoke(list(arguments))
        self._look(profile)
        if "parse" in arguments:
            self._manifest = None
        parse = requires.parse_manifest

        def parse_and_keep(*args: Any, **options: Any) -> Any:
            self._manifest = parse(*args, **options)
            if "parse" in arguments and not self._manifest.disabled:  # of which dbt cannot make a copy
                self._fresh = self._manifest.deepcopy()
            return self._manifest

        requires.parse_manifest = parse_and_keep
        try:
            return dbtRunner(manifest=self._manifest).invoke(list(arguments))
        finally:
            requires.parse_manifest = parse


@functools.lru_cache(maxsize=8)  # the projects of some tests in turn; a manifest takes a dozen megabytes
def parsed_once(folder: Path) -> ParsedOnce:
    """Return the one of a folder."""
    return ParsedOnce(folder)


def project_files(folder: Path) -> list[tuple[str, int, int]]:
    """Return what tells whether a file has changed: path, size and time of change, of all that dbt may read."""
    found = []
    for parent, folders, names in os.walk(folder):
        folders[:] = [each for each in folders if not each.startswith(".") and each not in _NOT_READ]
        for name in names:
            path = os.path.join(parent, name)  # noqa: PTH118 - hundreds of files, each time
            stat = os.stat(path)  # noqa: PTH116
            found.append((path, stat.st_size, stat.st_mtime_ns))
    return sorted(found)
