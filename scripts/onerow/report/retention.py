"""How long the ledger keeps what reconciliations found."""

import psycopg
from psycopg.sql import SQL, Identifier

from onerow.errors import HistoryNotWritten
from onerow.project.project import Project


def forget_old_runs(project: Project, connection: psycopg.Connection, days: int) -> int:
    """Remove figures that are older than so many days, and return how many it were; rules keep what they compare with.

    A role that may add figures and not remove them, as an auditor's, removes none.

    Raises:
        HistoryNotWritten: the ledger refuses it; carries the reason.
    """
    schema = project.ledger_schema
    statement = project.render("forget_reconciliations", schema=schema, days=days)
    try:
        with connection.transaction():
            [may_delete] = connection.execute(
                "select has_table_privilege(%s, 'delete')", (Identifier(schema, "reconciliations").as_string(None),)
            ).fetchone()
            if not may_delete:
                return 0
            return connection.execute(SQL(statement)).rowcount  # type: ignore[arg-type]
    except psycopg.Error as error:
        raise HistoryNotWritten(schema, str(error).strip()) from error
