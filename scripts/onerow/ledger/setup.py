"""Make the ledger and the landing tables, from the same macro files that dbt uses."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import psycopg

from onerow.errors import LedgerSetupFailed
from onerow.project.contract import Source
from onerow.project.project import Project

# What to do where a table of the ledger is missing.
MAKE_LEDGER = "Both `onerow land` and `dbt run` make the ledger"


def ensure_tables(project: Project, connection: psycopg.Connection) -> None:
    """Create what is missing of the ledger and of the landing tables, in a transaction of its own.

    What is there already is left alone and needs no CREATE privilege.

    Raises:
        LedgerSetupFailed: the server refused; carries its message.
    """
    try:
        with connection.transaction():
            connection.execute(project.render("ledger_ddl", schema=project.ledger_schema))
            for source in project.sources.values():
                if source.batch_column:
                    continue
                connection.execute(
                    project.render(
                        "landing_ddl", schema=source.schema, table=source.table, columns=list(source.column_names)
                    )
                )
    except psycopg.Error as error:
        raise LedgerSetupFailed(project.ledger_schema, str(error).strip()) from error


def connect(project: Project, application_name: str, *, catalog_only: bool = False) -> psycopg.Connection:
    """Open a connection to the project's database, as what works on the ledger needs it."""
    connection = project.connect(application_name, catalog_only=catalog_only)
    connection.autocommit = True  # every transaction has a `with` of its own
    # Under repeatable read, who has waited for another session would not see what that one has committed.
    connection.isolation_level = psycopg.IsolationLevel.READ_COMMITTED
    return connection


def see_batches(project: Project, connection: psycopg.Connection, sources: Iterable[Source]) -> None:
    """Give the batches that other loaders have landed for these sources their numbers, each source in a transaction.

    Raises:
        LedgerSetupFailed: the server refused; carries its message.
        WrongUse: a source says something that cannot be of its loader's table.
    """
    for source in sources:
        if source.batch_column:
            script = project.render("register_batches", schema=project.ledger_schema, contract=source.node)
            try:
                with connection.transaction():
                    connection.execute(script)
            except psycopg.Error as error:
                raise LedgerSetupFailed(project.ledger_schema, f"source {source.name}: {error}") from error


@contextmanager
def connected_to_ledger(project: Project, application_name: str) -> Iterator[psycopg.Connection]:
    """Connect to a database that has the tables of the ledger, where all batches that there are have their numbers."""
    with connect(project, application_name) as connection:
        ensure_tables(project, connection)
        see_batches(project, connection, project.sources.values())
        yield connection
