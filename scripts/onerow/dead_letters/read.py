"""Read dead letters: how many there are and why, and each in words. Writes nothing."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from psycopg.rows import class_row
from psycopg.sql import SQL, Identifier

from onerow.batches.standing import in_json
from onerow.dead_letters.letters import CHOSEN, Chosen
from onerow.errors import LettersRefused
from onerow.project.project import Project


@dataclass(frozen=True)
class Count:
    """How many letters of a batch have a reason and a status. A letter with two reasons counts in both."""

    source: str
    batch_no: int
    reason: str
    status: str
    letter_count: int


@dataclass(frozen=True)
class Counts:
    """Letters by source, batch, reason and status; and how many there are of each status, each letter once."""

    by_reason: list[Count]
    by_status: dict[str, int]


@dataclass(frozen=True)
class LetterInWords:
    """A letter as the model `dead_letters` has it."""

    source: str
    batch_no: int
    line_number: int
    batch_id: str
    location: str | None
    natural_key: dict[str, Any] | None
    reasons: list[str]
    explanation: str
    remedy: str | None
    raw: str
    status: str
    refused_at: datetime
    replayed_as: int | None
    settled_at: datetime | None
    settled_by: str | None
    settled_reason: str | None
    replay_of: int | None
    history: list[dict[str, Any]] | None

    def to_json(self) -> dict[str, Any]:
        """Return it as docs/reference/dead-letters-json.md describes it."""
        times = {"refused_at": in_json(self.refused_at), "settled_at": in_json(self.settled_at)}
        return {**vars(self), **times, "history": self.history or []}


@dataclass(frozen=True)
class Page:
    """The first of the chosen letters, and how many there are in all."""

    letters: list[LetterInWords]
    total: int


def count_letters(
    project: Project, connection: psycopg.Connection, source: str | None = None, status: str | None = None
) -> Counts:
    """Count the letters of a source, or of all sources; of one status, or of all.

    Raises:
        UnknownSource: the project has no source of that name.
    """
    if source is not None:
        project.source(source)
    of = SQL(
        """
        from {} as d
        where (%(source)s::text is null or d.source = %(source)s)
            and (%(status)s::text is null or d.status = %(status)s)
        """
    ).format(Identifier(project.ledger_schema, "dead_letters"))
    # What is wrong with a malformed line differs from line to line: one reason for all of them.
    by_reason = SQL(
        """
        select
            refused.source,
            refused.batch_no,
            case when refused.reason like 'malformed:%%' then 'malformed' else refused.reason end as reason,
            refused.status,
            count(*) as letter_count
        from (select d.source, d.batch_no, d.status, unnest(d.reasons) as reason {}) as refused
        group by 1, 2, 3, 4
        order by 1, 2, letter_count desc, 3, 4
        """
    ).format(of)
    values = {"source": source, "status": status}
    with connection.transaction(), connection.cursor(row_factory=class_row(Count)) as cursor:
        counts = cursor.execute(by_reason, values).fetchall()
        by_status = SQL("select d.status, count(*) {} group by d.status order by d.status").format(of)
        return Counts(counts, dict(connection.execute(by_status, values).fetchall()))


def show_letters(project: Project, connection: psycopg.Connection, chosen: Chosen, limit: int) -> Page:
    """Return the first of the chosen letters, in the words of the model `dead_letters`.

    Raises:
        UnknownSource: the project has no source of that name.
        LettersRefused: there is no such letter.
    """
    project.source(chosen.source)
    in_words = SQL(project.query_of("dead_letters").replace("%", "%%"))  # type: ignore[arg-type]
    query = SQL("select d.* from ({}) as d where {} order by d.batch_no, d.line_number limit {}")
    letters = Identifier(project.ledger_schema, "dead_letters")
    with connection.transaction(), connection.cursor(row_factory=class_row(LetterInWords)) as cursor:
        [total] = connection.execute(
            SQL("select count(*) from {} as d where {}").format(letters, CHOSEN), chosen.values
        ).fetchone()
        if not total:
            known = f"Those that there are: onerow dead-letters list {chosen.source}"
            raise LettersRefused(str(chosen), [f"there is no such dead letter. {known}"])
        return Page(cursor.execute(query.format(in_words, CHOSEN, limit), chosen.values).fetchall(), total)
