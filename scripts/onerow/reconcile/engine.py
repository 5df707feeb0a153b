"""DuckDB, which compares what is not in one database: bounded memory, no download, databases read only."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import resources
from pathlib import Path
from typing import Any, Final

import duckdb

from onerow.duckdb_sql import literal, quoted
from onerow.errors import ComparisonFailed
from onerow.project.project import CATALOG_ONLY
from onerow.reconcile.request import Means
from onerow.reconcile.values import MACROS

_SETTINGS: Final = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    # Until the only one is loaded, from a package that is installed like this file. To verify 40 MB takes a tenth of
    # the time of a comparison, and whoever could replace them could replace this file.
    "allow_unsigned_extensions": True,
    "enable_external_file_cache": False,
    "preserve_insertion_order": False,
}
# What each session that reads a side is set to, so that a value is one text on both sides, and a name PostgreSQL's own.
SESSION: Final = {
    "search_path": CATALOG_ONLY,
    "TimeZone": "UTC",
    "jit": "off",
    "extra_float_digits": "1",
    "DateStyle": "ISO",
}
_TLS: Final = ("sslmode", "sslcert", "sslkey", "sslrootcert")


class Engine:
    """A DuckDB in memory that spills into a folder of its own. Secrets never leave it: errors are scrubbed of them."""

    def __init__(self, means: Means, folder: Path):
        """`folder` is removed by whoever made it.

        Raises:
            ComparisonFailed: the memory limit is none that DuckDB understands.
        """
        self._secrets: list[str] = []
        try:
            settings = {**_SETTINGS, "memory_limit": means.memory, "temp_directory": str(folder)}
            self.connection = duckdb.connect(config=settings)
            self.connection.execute("set TimeZone = 'UTC'")
            self.connection.execute(MACROS)
        except duckdb.Error as error:
            raise ComparisonFailed("DuckDB", self.scrubbed(error)) from None

    def attach(self, name: str, credentials: Any, lock_timeout: str) -> None:
        """Attach the database of a dbt target under a name, read only.

        Raises:
            ComparisonFailed: the server cannot be reached.
        """
        if not self._secrets:
            self.run("postgres extension", f"load {literal(_extension())}")
            self.run("postgres extension", "set allow_unsigned_extensions = false")
        password = str(credentials.password or "")
        # As it is, and as a statement has it.
        self._secrets += [password, literal(password)[1:-1]]
        parameters = {
            "host": credentials.host,
            "port": credentials.port,
            "user": credentials.user,
            "password": credentials.password,
            "database": credentials.database,
            **{name: getattr(credentials, name) for name in _TLS},
        }
        given = ", ".join(f"{name} {literal(str(value))}" for name, value in parameters.items() if value)
        self.run(name, f"create secret {quoted(name)} (type postgres, {given})")
        session = " ".join(f"-c {name}={value}" for name, value in {**SESSION, "lock_timeout": lock_timeout}.items())
        session = session.replace("'", "\\'")
        options = f"application_name='onerow reconcile' options='{session}'"
        self.run(name, f"attach {literal(options)} as {quoted(name)} (type postgres, secret {quoted(name)}, read_only)")

    def run(self, what: str, query: str, values: list[Any] | None = None, on: Any = None) -> list[tuple[Any, ...]]:
        """Run a statement, on a cursor if given, and return its rows. `what` is the side that an error names.

        Raises:
            ComparisonFailed: carries the reason, without a secret.
        """
        try:
            return (on or self.connection).execute(query, values).fetchall()
        except duckdb.Error as error:
            raise ComparisonFailed(what, self.scrubbed(error)) from None

    def scrubbed(self, error: Exception) -> str:
        """Return the message of an error without the passwords that the engine knows."""
        message = str(error).strip()
        for secret in self._secrets:
            message = message.replace(secret, "***") if secret else message
        return message


@contextmanager
def engine(means: Means) -> Iterator[Engine]:
    """Open an engine for the time of the block. What it spills lies in a folder that only its user can read."""
    if means.temp_dir is not None:
        means.temp_dir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="onerow-", dir=means.temp_dir) as folder:
        opened = Engine(means, Path(folder))
        try:
            yield opened
        finally:
            opened.connection.close()


def _extension() -> str:
    """Return the postgres extension's file, which a package brings for just this DuckDB: nothing is downloaded."""
    folder = resources.files("duckdb_extension_postgres_scanner") / "extensions" / f"v{duckdb.__version__}"
    return str(folder / "postgres_scanner.duckdb_extension")
