"""The system account that the server runs as. PostgreSQL refuses to run as root, and rightly so."""

import os
import pwd
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from onerow.errors import ServerFailed

_SYSTEM_USER = "onerow"
_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"}


@dataclass(frozen=True)
class Account:
    """Whom the server's processes run as: the caller, or, where that is root, the account of `uid` and `gid`."""

    uid: int | None = None
    gid: int | None = None

    def own(self, path: Path) -> None:
        """Give a new file or folder to the account."""
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)

    def run(self, command: Sequence[str | Path], cwd: Path, **options: Any) -> subprocess.CompletedProcess:
        """Run a program to its end, with user, group and further groups dropped and none of the caller's environment.

        The step into `cwd` is taken before the drop, so its parent folders may be closed to the account.
        """
        dropped = {} if self.uid is None else {"user": self.uid, "group": self.gid, "extra_groups": []}
        if "input" not in options:
            options["stdin"] = subprocess.DEVNULL
        return subprocess.run(  # noqa: S603 - the programs are those of `binaries`
            [os.fspath(part) for part in command],
            cwd=cwd,
            env=_ENVIRONMENT,
            umask=0o077,
            check=False,
            **dropped,
            **options,
        )


def account_for(home: Path) -> Account:
    """Return the account to run as: the caller; for root the owner of a `home` that exists, else the user `onerow`.

    Raises:
        ServerFailed: there is no such user and none could be created.
    """
    if os.geteuid() != 0:
        return Account()
    if home.exists() and home.stat().st_uid != 0:
        return Account(home.stat().st_uid, home.stat().st_gid)
    user = _find_user() or _create_user()
    return Account(user.pw_uid, user.pw_gid)


def _find_user() -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(_SYSTEM_USER)
    except KeyError:
        return None


def _create_user() -> pwd.struct_passwd:
    useradd = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    if useradd is None:
        raise ServerFailed(
            f"PostgreSQL does not run as root, and there is no useradd here to create the user {_SYSTEM_USER}"
        )
    command = [useradd, "--system", "--no-create-home", "--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin"]
    created = subprocess.run([*command, _SYSTEM_USER], capture_output=True, text=True, check=False)  # noqa: S603 - fixed arguments
    # Whoever else started a server at the same time may have been quicker: what counts is that the user is there.
    user = _find_user()
    if user is None:
        raise ServerFailed(f"cannot create the system user {_SYSTEM_USER}: {created.stderr.strip()}")
    return user
