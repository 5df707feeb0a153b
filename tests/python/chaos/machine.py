"""The server of the suite: it crashes and comes back, its disk fills up, its clock steps."""

import contextlib
import os
import shutil
import subprocess
import time
from pathlib import Path

import psycopg
from psycopg import sql

from chaos.clocks import Clock
from harness.database import connect
from onerow.errors import ServerFailed
from onerow.server import account as server_account
from onerow.server.account import account_for
from onerow.server.binaries import find_binaries
from onerow.server.folder import ServerFolder
from onerow.server.lifecycle import find_server, start_server, stop_server
from onerow.server.login import Login

_DISK = "400m"
# Commits are flushed to the system, which no crash of the server takes away: fsync would guard against more than that.
_SETTINGS = {"fsync": "off", "shared_buffers": "64MB", "max_wal_size": "64MB", "min_wal_size": "32MB"}
_PATIENCE_SECONDS = 60
# What a full disk says, where none can be mounted: statements that would make these tables grow fail.
_GROWING = (
    *("onerow.batches", "onerow.claims", "landing.devices", "landing.device_readings"),
    *("marts.devices", "marts.devices_shared", "marts.device_readings"),
)
_REFUSE = """
create or replace function chaos.refuse() returns trigger language plpgsql as $$
begin
    if pg_relation_size(tg_relid) > 0 then
        raise exception 'could not extend %: No space left on device', tg_relid::regclass using errcode = 'disk_full';
    end if;
    return null;
end $$
"""


class Machine:
    """A PostgreSQL of its own, and what can happen to it."""

    def __init__(self, folder: Path, *, may_mount: bool, libfaketime: Path | None):
        """`folder` is empty. `libfaketime` is the library by which the server's clock can be stepped."""
        self.scratch = folder
        self._root = folder / ".onerow"
        self._ballast = self._root / "postgres" / "ballast"
        self.has_small_disk = may_mount and self._mount()
        # The server's; None where it cannot be stepped.
        self.clock: Clock | None = None
        if libfaketime is not None:
            folder.chmod(0o755)  # the server's account reads the file
            self.clock = Clock(folder / "clock")
            server_account._ENVIRONMENT.update(self.clock.settings, LD_PRELOAD=str(libfaketime))
        self.login: Login = start_server(self._root, settings=_SETTINGS).login

    def start(self) -> None:
        """Start it again, after whatever has happened to it."""
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while True:
            try:
                server = start_server(self._root, settings=_SETTINGS)
            except ServerFailed:
                if time.monotonic() > deadline:
                    raise
            else:
                assert server.login == self.login, "it has come back on another port"
                return

    @property
    def is_up(self) -> bool:
        """Whether it takes connections."""
        return find_server(self._root) is not None

    def crash(self) -> None:
        """Stop it as a crash would: pg_ctl stop -m immediate."""
        folder = ServerFolder(self._root)
        account = account_for(folder.home)
        pg_ctl = find_binaries(None, account).bindir / "pg_ctl"
        account.run([pg_ctl, "-D", ".", "-m", "immediate", "stop"], cwd=folder.data, capture_output=True)

    def fill_disk(self, free_bytes: int) -> None:
        """Leave so many bytes of the server's disk free."""
        disk = os.statvfs(self._ballast.parent)
        with self._ballast.open("wb") as ballast, contextlib.suppress(OSError):
            os.posix_fallocate(ballast.fileno(), 0, max(1, disk.f_bavail * disk.f_frsize - free_bytes))

    def free_disk(self) -> None:
        """Take away what has filled it."""
        self._ballast.unlink(missing_ok=True)

    def refuse_growth(self) -> None:
        """Where no disk can be mounted: let statements fail as on a full disk, by a trigger and temp_file_limit."""
        with self.connect() as connection:
            connection.execute("create schema if not exists chaos")
            connection.execute(_REFUSE)
            connection.execute("set lock_timeout = '1s'")
            for table in _GROWING:
                trigger = sql.SQL(
                    "create or replace trigger refuse before insert on {} for each statement execute function"
                    " chaos.refuse()"
                )
                with contextlib.suppress(psycopg.errors.UndefinedTable, psycopg.errors.LockNotAvailable):
                    connection.execute(trigger.format(sql.Identifier(*table.split("."))))
        self.set("temp_file_limit", "64kB")

    def let_grow(self) -> None:
        """End what `refuse_growth` began."""
        with self.connect() as connection:
            connection.execute("drop schema if exists chaos cascade")
        self.set("temp_file_limit", None)

    def connect(self) -> psycopg.Connection:
        """Connect past the proxy, for a moment."""
        return connect(
            self.login,
            autocommit=True,
            application_name="chaos",
            connect_timeout=3,
            options="-c TimeZone=UTC -c statement_timeout=5s",
        )

    def set(self, setting: str, value: str | None) -> None:
        """Set a setting of the server for all sessions; None takes it back."""
        name = sql.Identifier(setting)
        to = sql.SQL("reset {}").format(name) if value is None else sql.SQL("set {} = {}").format(name, value)
        with self.connect() as connection:
            connection.execute(sql.SQL("alter system {}").format(to))
            connection.execute("select pg_reload_conf()")

    def close(self) -> None:
        """Stop it, and remove its data."""
        stop_server(self._root)
        if self.has_small_disk:
            subprocess.run(["umount", self._root / "postgres"], check=False)
        shutil.rmtree(self._root, ignore_errors=True)

    def _mount(self) -> bool:
        """Give the server a small disk of its own; False where that is not allowed."""
        home = self._root / "postgres"
        home.mkdir(mode=0o700, parents=True)
        self._root.chmod(0o700)
        mount = ["mount", "-t", "tmpfs", "-o", f"size={_DISK},mode=0700", "tmpfs", home]
        return subprocess.run(mount, capture_output=True, check=False).returncode == 0
