"""Where the embedded server of a project keeps what it has."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from onerow.errors import NotYourServer


@dataclass(frozen=True)
class ServerFolder:
    """The folder `.onerow` of a project. Only `home` belongs to the account that the server runs as."""

    root: Path

    @property
    def pgpass(self) -> Path:
        """Port and password of the server, in libpq's format; mode 0600, and never readable by the server's account."""
        return self.root / "pgpass"

    @property
    def home(self) -> Path:
        """The folder of the server's account: data and log."""
        return self.root / "postgres"

    @property
    def data(self) -> Path:
        """The data folder. It is there only when it was initialised completely."""
        return self.home / "data"

    @property
    def log(self) -> Path:
        """What the server and its tools print."""
        return self.home / "server.log"

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Let one process at a time start or stop the server. The lock goes with the process that holds it.

        Raises:
            NotYourServer: the folder belongs to another user.
        """
        try:
            self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = (self.root / "server.lock").open("a")
        except PermissionError as error:
            raise NotYourServer(self.root) from error
        with lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
