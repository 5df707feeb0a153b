"""Give dead letters up. They stay on record, with who did so, when and why."""

from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.sql import SQL, Identifier

from onerow.dead_letters.letters import DISCARDED, Chosen, count_settled, lock_chosen
from onerow.dead_letters.transaction import settling
from onerow.project.project import Project


@dataclass(frozen=True)
class Discarded:
    """How many letters were given up, and how many of the chosen ones had been before."""

    source: str
    discarded: int
    already_discarded: int

    def to_json(self) -> dict[str, Any]:
        """Return it as docs/reference/dead-letters-json.md describes it."""
        return vars(self)


def discard_letters(project: Project, connection: psycopg.Connection, chosen: Chosen, reason: str) -> Discarded:
    """Mark the chosen open letters as discarded. One transaction. Those that were before keep their reason.

    Raises:
        UnknownSource: the project has no source of that name.
        LettersRefused: there is no such letter, or a line that was named has been replayed.
        LockTimedOut, LandingFailed: another session holds the letters; the server refused.
    """
    source, schema = project.source(chosen.source), project.ledger_schema
    with settling(project, connection, source, chosen):
        lines = [letter.line_number for letter in lock_chosen(connection, schema, chosen)]
        already_discarded = count_settled(connection, schema, chosen, DISCARDED)
        query = SQL(
            """
            update {}
            set status = 'discarded', settled_at = clock_timestamp(), settled_by = session_user, settled_reason = %s
            where source = %s and batch_no = %s and line_number = any(%s)
            """
        ).format(Identifier(schema, "dead_letters"))
        connection.execute(query, (reason, source.name, chosen.batch_no, lines))
    return Discarded(source.name, len(lines), already_discarded)
