"""The project as the suite runs it: with a mart that others write to as well, and perhaps with a guard taken out."""

import os
from dataclasses import replace
from pathlib import Path

from chaos.clocks import Clock, forks_with_clocks
from chaos.guards import Guard
from harness import warm
from harness.dbt_project import REPOSITORY, DbtProject, succeeded
from onerow.server.login import Login

_SHARED = "models/marts/devices_shared.sql"


def chaos_project(
    login: Login, port: int, scratch: Path, lock_timeout: int, guard: Guard | None, libfaketime: Path | None
) -> DbtProject:
    """Return a copy of the project, parsed once, that connects through the proxy's port. Its programs start warm.

    With `libfaketime` each can be given a clock of its own, by its environment.
    """
    configuration = (REPOSITORY / "dbt_project.yml").read_text(encoding="utf-8")
    assert "onerow_lock_timeout: 30s" in configuration
    changed = {
        "dbt_project.yml": configuration.replace("onerow_lock_timeout: 30s", f"onerow_lock_timeout: {lock_timeout}s"),
        _SHARED: (REPOSITORY / "models/marts/devices.sql").read_text(encoding="utf-8"),
        **(guard.macros_without() if guard else {}),
    }
    copy = DbtProject(REPOSITORY, replace(login, port=port), scratch / "copy").with_files(changed)
    if warm.listener() is None:
        environment = forks_with_clocks(libfaketime, Clock(scratch / "clock")) if libfaketime else os.environ
        warm.start(copy.folder, copy.profiles_dir, copy.target_path, environment)
    else:
        succeeded(copy.dbt_in_process("parse", "--quiet"))
    return DbtProject(copy.folder, copy.login, scratch / "project", copy.target_path)
