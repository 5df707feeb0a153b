"""What the suite needs around it: a private mount namespace, a clock that can be stepped, a guard taken out."""

import os
import subprocess
import sys
from pathlib import Path

_INSIDE = "ONEROW_CHAOS"


def is_inside() -> bool:
    """Whether `enter` has been gone through, in this process or in one that started it."""
    return _INSIDE in os.environ


def enter(package: Path | None) -> None:
    """Begin this program anew where it may mount, and with `package`, a folder with another onerow, if there is one.

    In a namespace of its own, so that a mount goes with the processes that see it, however they end.
    """
    private = ["unshare", "--mount"]
    may_mount = os.geteuid() == 0 and _succeeds([*private, "mount", "-t", "tmpfs", "tmpfs", "/mnt"])
    paths = [*([str(package)] if package else []), str(Path(__file__).parents[1])]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths), _INSIDE: "mounts" if may_mount else "plain"}
    command = [*(private if may_mount else []), sys.executable, "-m", "chaos", *sys.argv[1:]]
    os.execvpe(command[0], command, environment)  # noqa: S606 - no shell is wanted


def may_mount() -> bool:
    """Whether a small disk can be mounted here."""
    return os.environ[_INSIDE] == "mounts"


def _succeeds(command: list[str]) -> bool:
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False
