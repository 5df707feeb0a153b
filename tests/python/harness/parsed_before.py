"""What this process, or the one that it is forked from, has parsed before is not parsed again: half of a small run.

dbt takes a manifest by its own interface. Only to get hold of one needs a hand on its parser.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dbt.cli import requires

# The projects of some tests in turn; a manifest takes a dozen megabytes.
_KEPT = 8
# Folders of the repository in which dbt reads nothing.
_NOT_READ = {"docs", "examples", "logs", "python", "scripts", "target"}
_SETTINGS = ("project_root", "credentials", "target_name", "cli_vars")

_setup_manifest = requires.setup_manifest
Files = list[tuple[str, int, int]]


@dataclass
class Parsed:
    """What was parsed, and what it came to."""

    config: Any
    files: Files
    # As the last run has left it, with what it has compiled; None before any.
    manifest: Any
    # As a job has it, which compiles other SQL of the same models, and copies what it changes; None where none asked.
    fresh: Any

    @property
    def env_vars(self) -> dict[str, str]:
        """Environment variables that the project reads, as they were."""
        return dict((self.manifest or self.fresh).env_vars)


class ParsedBefore:
    """The projects that this process has parsed last. A process that is forked from it has each of them once."""

    def __init__(self) -> None:
        """Take part in the parses of dbt from now on."""
        self._known: list[Parsed] = []
        self._begun_by = os.getpid()
        requires.setup_manifest = self._set_up

    def _set_up(self, context: Any, *args: Any, **options: Any) -> None:
        if context.obj.get("manifest") is not None:
            _setup_manifest(context, *args, **options)
            return
        config, flags = context.obj["runtime_config"], context.obj["flags"]
        is_job = flags.WHICH == "parse"
        files = project_files(Path(config.project_root))
        known = next((each for each in self._known if would_be(each, config, files)), None)
        if known is not None and may_be_taken(flags):
            context.obj["manifest"] = self._taken(known, is_job=is_job)
        is_parsed = context.obj.get("manifest") is None
        _setup_manifest(context, *args, **options)
        if is_parsed and os.getpid() == self._begun_by:
            others = [each for each in self._known if each.config.project_root != config.project_root]
            self._known = [_parsed(config, files, context.obj["manifest"], is_job=is_job), *others][:_KEPT]

    def _taken(self, known: Parsed, *, is_job: bool) -> Any:
        if os.getpid() != self._begun_by:
            self._known.remove(known)  # what parses again has a reason to
        if is_job:
            return known.fresh
        if known.manifest is None:
            known.manifest = known.fresh.deepcopy()
        return known.manifest


def _parsed(config: Any, files: Files, manifest: Any, *, is_job: bool) -> Parsed:
    # One with something disabled is nothing that dbt can make a copy of.
    if is_job and not manifest.disabled:
        return Parsed(config, files, None, manifest)
    return Parsed(config, files, manifest, None)


def may_be_taken(flags: Any) -> bool:
    """Tell whether nothing but the manifest is wanted, and that as it always is."""
    return flags.PARTIAL_PARSE and not flags.WARN_ERROR and not flags.WRITE_JSON


def would_be(parsed: Parsed, config: Any, files: Files) -> bool:
    """Tell whether dbt would come to the same manifest."""
    return (
        all(getattr(config, name) == getattr(parsed.config, name) for name in _SETTINGS)
        and all(os.environ.get(name) == value for name, value in parsed.env_vars.items())
        and files == parsed.files
    )


def project_files(folder: Path) -> Files:
    """Return what tells whether a file has changed: path, size and time of change, of all that dbt may read."""
    found = []
    for parent, folders, names in os.walk(folder):
        folders[:] = [each for each in folders if not each.startswith(".") and each not in _NOT_READ]
        for name in names:
            path = os.path.join(parent, name)  # noqa: PTH118 - hundreds of files, each time
            stat = os.stat(path)  # noqa: PTH116
            found.append((path, stat.st_size, stat.st_mtime_ns))
    return sorted(found)
