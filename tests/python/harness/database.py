"""A database of its own for a test."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import psycopg
from psycopg import sql

from onerow.server.login import Login


class Database:
    """A database of the test server: connections to it, and queries in one line."""

    def __init__(self, login: Login):
        self.login = login
        self._open = ExitStack()
        self._autocommit: psycopg.Connection | None = None

    @property
    def name(self) -> str:
        """Name of the database."""
        return self.login.dbname

    def connect(self, *, autocommit: bool = False, **parameters: Any) -> psycopg.Connection:
        """Open another connection, with libpq's parameters. It is closed at the end of the test."""
        return self._open.enter_context(_closing(connect(self.login, autocommit=autocommit, **parameters)))

    def execute(self, query: str, *values: Any) -> psycopg.Cursor:
        """Run a statement in a transaction of its own."""
        if self._autocommit is None:
            self._autocommit = self.connect(autocommit=True)
        return self._autocommit.execute(query, values or None)

    def rows(self, query: str, *values: Any) -> list[tuple]:
        """Return all rows of a query."""
        return self.execute(query, *values).fetchall()

    def value(self, query: str, *values: Any) -> Any:
        """Return the one value that a query gives."""
        [(value,)] = self.rows(query, *values)
        return value

    def close(self) -> None:
        """Close all connections."""
        self._open.close()


def connect(login: Login, kind: type[psycopg.Connection] = psycopg.Connection, **parameters: Any) -> psycopg.Connection:
    """Open a connection that speaks UTC."""
    given = {
        "host": login.host,
        "port": login.port,
        "user": login.user,
        "password": login.password,
        "dbname": login.dbname,
    }
    return kind.connect(**{"application_name": "test", "options": "-c TimeZone=UTC", **given, **parameters})


@contextmanager
def fresh_database(server: Login, name: str, template: str = "template1") -> Iterator[Database]:
    """Create an empty database, or a copy of `template`; drop it at the end, whoever is still connected."""
    drop = sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name))
    login = Login(port=server.port, password=server.password, host=server.host, user=server.user, dbname=name)
    with _closing(connect(server, autocommit=True)) as admin:
        admin.execute(drop)
        admin.execute(sql.SQL("create database {} template {}").format(sql.Identifier(name), sql.Identifier(template)))
        database = Database(login)
        try:
            yield database
        finally:
            database.close()
            admin.execute(drop)


@contextmanager
def kept_as_template(server: Login, database: Database, what: str) -> Iterator[str]:
    """Copy a database that tests start from, and yield the copy's name: the template of each test's own."""
    database.close()  # a database that somebody is connected to cannot be copied
    with fresh_database(server, f"{database.name}_{what}", database.name) as copy:
        copy.close()
        yield copy.name


@contextmanager
def _closing(connection: psycopg.Connection) -> Iterator[psycopg.Connection]:
    """Close at the end, without the commit that psycopg's own context manager makes."""
    try:
        yield connection
    finally:
        connection.close()
