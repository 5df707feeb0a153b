"""How long the ledger keeps what reconciliations found."""

import psycopg
from psycopg.sql import SQL

from onerow.errors import HistoryNotWritten
from onerow.project.project import Project


def forget_old_runs(project: Project, connection: psycopg.Connection, days: int) -> int:
    """Remove figures that are older than so many days, and return how many it were; rules keep what they compare with.

    Raises:
        HistoryNotWritten: the ledger refuses it; carries the reason.
    """
    schema = project.ledger_schema
    statement = project.render("forget_reconciliations", schema=schema, days=days)
    try:
        with connection.transaction():
            return connection.execute(SQL(statement)).rowcount  # type: ignore[arg-type]
    except psycopg.Error as error:
        raise HistoryNotWritten(schema, str(error).strip()) from error
