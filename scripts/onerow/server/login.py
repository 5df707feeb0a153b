"""What it takes to connect to the embedded server, kept in a file that libpq itself can read."""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

_HOST = "127.0.0.1"
_USER = "onerow"
_DBNAME = "onerow"


@dataclass(frozen=True)
class Login:
    """Address and credentials of the embedded server; the keywords of libpq and the keys of a dbt profile."""

    port: int
    password: str
    host: str = _HOST
    user: str = _USER
    dbname: str = _DBNAME

    def __repr__(self) -> str:
        """Show all but the password."""
        return f"Login({self.user}@{self.host}:{self.port}/{self.dbname})"


def new_password() -> str:
    """Return a password of 192 random bits that needs no escaping in pgpass, YAML or a shell."""
    return secrets.token_hex(24)


def read_login(pgpass: Path) -> Login | None:
    """Return what `write_login` wrote, or None where there is no file."""
    try:
        host, port, _, user, password = pgpass.read_text().strip().split(":")
    except FileNotFoundError:
        return None
    return Login(port=int(port), password=password, host=host, user=user)


def write_login(pgpass: Path, login: Login) -> None:
    """Write the login for any database of the server, readable by its owner alone, in one step."""
    write_private(pgpass, f"{login.host}:{login.port}:*:{login.user}:{login.password}\n")


def write_private(file: Path, text: str) -> None:
    """Write a file of mode 0600 aside and rename it, so that nobody ever reads half of it or too much."""
    aside = file.with_name(f"{file.name}.{os.getpid()}.aside")
    aside.unlink(missing_ok=True)
    with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as handle:
        handle.write(text)
    aside.replace(file)
