"""What each role may do, as a script, and its execution."""

from dataclasses import asdict, dataclass

import psycopg

from onerow.errors import GrantsFailed
from onerow.ledger.setup import connect, ensure_tables
from onerow.project.project import Project


@dataclass(frozen=True)
class Roles:
    """Names of roles that there are; None where nobody has that work."""

    loader: str | None = None
    transformer: str | None = None
    reader: str | None = None
    auditor: str | None = None


def grants_script(project: Project, roles: Roles) -> str:
    """Return the statements that grant the roles what their work in this project needs."""
    nodes = [node for node in project.manifest.nodes.values() if node.resource_type in ("model", "seed", "snapshot")]
    sources = project.sources.values()
    return project.render(
        "grants_ddl",
        database=project.credentials.database,
        schema=project.ledger_schema,
        schemas=sorted({node.schema for node in nodes}),
        landing=[
            {"schema": source.schema, "table": source.table, "is_ours": not source.batch_column} for source in sources
        ],
        **asdict(roles),
    ).strip()


def apply_grants(project: Project, script: str) -> None:
    """Run the script in one transaction, on a database with the ledger and the landing tables.

    Raises:
        GrantsFailed: the server refused; carries its message.
        ConnectionFailed, LedgerSetupFailed: as their names say.
    """
    with connect(project, "onerow grants") as connection:
        ensure_tables(project, connection)
        try:
            with connection.transaction():
                connection.execute(script)  # type: ignore[arg-type]
        except psycopg.Error as error:
            raise GrantsFailed(str(error).strip()) from error
