"""What a proof delivers: batches, whole or in part, of rows that it has taken once."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Protocol

import psycopg
from psycopg.sql import SQL, Identifier, Literal


@dataclass(frozen=True)
class Batch:
    """A batch to deliver. `rows` are numbers of its rows; leaving some out makes a smaller delivery of it."""

    number: int
    label: str
    rows: tuple[int, ...]
    # Half-open period that it declares to deliver completely.
    window: tuple[datetime, datetime] | None = None
    # A part of the batch, delivered before the whole: the times that it covers.
    part: tuple[datetime, datetime] | None = None

    def only(self, rows: Sequence[int]) -> "Batch":
        """Return the batch with only these of its rows."""
        kept = set(rows)
        return replace(self, rows=tuple(row for row in self.rows if row in kept))


class Deliveries(Protocol):
    """Where the rows of batches come from, and how they reach what the model reads."""

    # Every batch, in the order in which it came.
    batches: list[Batch]
    # The table that deliveries go to, and its columns as they are delivered.
    table: Identifier
    columns: list[str]
    # Columns that identify a delivered thing, where they are known.
    key: tuple[str, ...]
    # Whether all batches stand in the table, or only the one that was delivered last.
    holds_all: bool
    # What was left out, for the report.
    notes: list[str]

    def deliver(self, batch: Batch) -> None:
        """Put a batch where the model reads it."""

    def clear(self) -> None:
        """Make it as if nothing had been delivered."""

    def read(self, batch: Batch) -> list[tuple[str | None, ...]]:
        """Return the rows of a batch, as text, in the order of its rows."""

    def times(self, column: str) -> dict[tuple[int, int], datetime]:
        """Return the time that each row (batch, row) has in a column; without rows where it is none."""


def later_half(
    batch: Batch, times: dict[tuple[int, int], datetime], window: tuple[datetime, datetime] | None
) -> Batch | None:
    """Return the part [T1, T2) of a batch that covers [T0, T2), with T1 in the middle of its rows' times.

    `window` is the one that the batch declares, if it does. None: its rows have but one time, or none.
    """
    known = sorted({times[batch.number, row] for row in batch.rows if (batch.number, row) in times})
    if len(known) < 2:  # noqa: PLR2004 - there is no middle
        return None
    start = known[len(known) // 2]
    end = window[1] if window else known[-1] + timedelta(microseconds=1)
    rows = [row for row in batch.rows if start <= times.get((batch.number, row), start) < end]
    return replace(batch.only(rows), window=(start, end) if window else None, part=(start, end))


def keep_sample(connection: psycopg.Connection, table: Identifier, key: Sequence[str], max_rows: int) -> str | None:
    """Leave rows of a table out until about `max_rows` are left, and return what to tell of it.

    All rows of a key stay or go: what goes wrong between two batches needs a key that both of them have.
    """
    count = SQL("select count(*) from {}").format(table)
    [total] = connection.execute(count).fetchone() or (0,)
    if total <= max_rows:
        return None
    hashed = SQL("mod(abs(hashtextextended(jsonb_build_array({})::text, 0)::numeric), 10000)")
    share = int(10_000 * max_rows / total)
    connection.execute(
        SQL("delete from {} where {} >= {}").format(
            table, hashed.format(SQL(", ").join(map(Identifier, key))), Literal(share)
        )
    )
    [kept] = connection.execute(count).fetchone() or (0,)
    return f"{kept:,} of {total:,} rows were taken, of each key all or none; more: --max-rows"


def as_text(row: Sequence[Any]) -> tuple[str | None, ...]:
    """Return a row of values as text."""
    return tuple(None if value is None else str(value) for value in row)
