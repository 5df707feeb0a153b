"""The dead letters that a command is about, and the locks on them."""

from collections.abc import Iterable
from dataclasses import dataclass

import psycopg
from psycopg.rows import class_row
from psycopg.sql import SQL, Composable, Identifier

from onerow.errors import LettersRefused

OPEN, REPLAYED, DISCARDED = "open", "replayed", "discarded"

# What names a letter within its source: batch and line.
LetterId = tuple[int, int]


@dataclass(frozen=True)
class Letter:
    """A dead letter as a replay needs it."""

    batch_no: int
    line_number: int
    status: str
    raw: str
    # A line that could not be read as a row, so that it has no values.
    is_malformed: bool
    replayed_as: int | None

    @property
    def id(self) -> LetterId:
        """Batch and line."""
        return self.batch_no, self.line_number


@dataclass(frozen=True)
class Chosen:
    """The letters that are meant: of a source, of one of its batches, or some lines of a batch."""

    source: str
    batch_no: int | None = None
    lines: tuple[int, ...] = ()

    @property
    def values(self) -> dict[str, object]:
        """What CHOSEN binds."""
        return {"source": self.source, "batch_no": self.batch_no, "lines": list(self.lines)}

    def __str__(self) -> str:
        """Name them in words."""
        if self.batch_no is None:
            return self.source
        lines = f"line{'s' if len(self.lines) > 1 else ''} {', '.join(map(str, self.lines))} of " if self.lines else ""
        return f"{lines}batch {self.batch_no} of {self.source}"


def name_of(letter: LetterId) -> str:
    """Return a letter's name in words."""
    return f"line {letter[1]} of batch {letter[0]}"


# Which letters are chosen, of the letters d.
CHOSEN = SQL(
    """
    d.source = %(source)s
    and (%(batch_no)s::bigint is null or d.batch_no = %(batch_no)s)
    and (%(lines)s::bigint[] = array[]::bigint[] or d.line_number = any(%(lines)s))
    """
)


def lock_chosen(connection: psycopg.Connection, schema: str, chosen: Chosen) -> list[Letter]:
    """Lock what is chosen of the open letters, and return them in the order of batches and lines.

    Letters that another session is settling are waited for, and left out if they are open no longer.
    """
    return _lock(connection, schema, SQL("{} and d.status = 'open'").format(CHOSEN), chosen.values)


def lock_letters(
    connection: psycopg.Connection, schema: str, source: str, ids: Iterable[LetterId]
) -> dict[LetterId, Letter]:
    """Lock these letters, whatever their status, and return those that there are."""
    ids = sorted(ids)
    condition = SQL(
        """
        d.source = %(source)s
        and (d.batch_no, d.line_number) in (select * from unnest(%(batches)s::bigint[], %(lines)s::bigint[]))
        """
    )
    values = {"source": source, "batches": [each[0] for each in ids], "lines": [each[1] for each in ids]}
    return {letter.id: letter for letter in _lock(connection, schema, condition, values)}


def count_settled(connection: psycopg.Connection, schema: str, chosen: Chosen, status: str) -> int:
    """Return how many of the chosen letters have this status, after the open ones have been locked.

    Raises:
        LettersRefused: there is nothing of what was chosen, or a line that was named is neither open nor so.
    """
    query = SQL("select d.status, count(*), array_agg(d.line_number) from {} as d where {} group by d.status")
    found = connection.execute(query.format(Identifier(schema, "dead_letters"), CHOSEN), chosen.values).fetchall()
    statuses = {line: of for of, _, lines in found for line in lines} if chosen.lines else {}
    problems = [
        f"line {line} has been {statuses[line]}" if line in statuses else f"there is no dead letter of line {line}"
        for line in chosen.lines
        if statuses.get(line) not in (OPEN, status)
    ]
    if chosen.batch_no is not None and not found:
        problems = [f"there is no such dead letter. Those that there are: onerow dead-letters list {chosen.source}"]
    if problems:
        raise LettersRefused(str(chosen), problems)
    return next((count for of, count, _ in found if of == status), 0)


def _lock(
    connection: psycopg.Connection, schema: str, condition: Composable, values: dict[str, object]
) -> list[Letter]:
    # In one order, so that two sessions cannot wait for each other.
    query = SQL(
        """
        select d.batch_no, d.line_number, d.status, d.raw, d.natural_key is null as is_malformed, d.replayed_as
        from {} as d
        where {}
        order by d.batch_no, d.line_number
        for update
        """
    ).format(Identifier(schema, "dead_letters"), condition)
    with connection.cursor(row_factory=class_row(Letter)) as cursor:
        return cursor.execute(query, values).fetchall()
