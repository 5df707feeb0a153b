"""A program need not parse what the process that it is forked from has parsed: that is half of a small run."""

import os
from pathlib import Path
from typing import Any, NamedTuple

from dbt.cli import requires

from harness.parsed_once import project_files

_setup_manifest = requires.setup_manifest


class Parsed(NamedTuple):
    """What was parsed, and what it came to."""

    config: Any
    files: list[tuple[str, int, int]]
    manifest: Any


class Inherited:
    """The first project that this process parses, for the first parse of each process that is forked from it."""

    def __init__(self) -> None:
        """Take part in the parses of dbt from now on."""
        self._parsed: Parsed | None = None
        self._begun_by = os.getpid()
        self._is_given = False
        requires.setup_manifest = self._set_up

    def _set_up(self, context: Any, *args: Any, **options: Any) -> None:
        is_heir = os.getpid() != self._begun_by
        # Once: runs leave in a manifest what they have compiled, and what parses again has a reason to.
        if is_heir and not self._is_given and context.obj.get("manifest") is None:
            self._is_given = True
            if self._parsed is not None and would_be(self._parsed, context):
                context.obj["manifest"] = self._parsed.manifest
        _setup_manifest(context, *args, **options)
        if self._parsed is None and not is_heir:
            config = context.obj["runtime_config"]
            self._parsed = Parsed(config, project_files(Path(config.project_root)), context.obj["manifest"])


def would_be(parsed: Parsed, context: Any) -> bool:
    """Tell whether dbt would come to the same manifest, and would leave nothing else of it on the disk."""
    config, flags = context.obj["runtime_config"], context.obj["flags"]
    settings = ("project_root", "credentials", "target_name", "cli_vars")
    return (
        flags.PARTIAL_PARSE
        and not flags.WARN_ERROR
        and not flags.WRITE_JSON
        and all(getattr(config, name) == getattr(parsed.config, name) for name in settings)
        and all(os.environ.get(name) == value for name, value in parsed.manifest.env_vars.items())
        and project_files(Path(config.project_root)) == parsed.files
    )
