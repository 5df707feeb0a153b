"""The ledger's record of what has landed. Writes within the caller's transaction and never commits."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime

import psycopg
from psycopg.rows import class_row
from psycopg.sql import SQL, Identifier


@dataclass(frozen=True)
class Batch:
    """A batch as the ledger has it; the fields are the columns of the table `batches`."""

    batch_no: int
    source: str
    batch_id: str
    content_sha256: str | None
    window_start: datetime | None
    window_end: datetime | None
    extracted_at: datetime
    location: str | None
    row_count: int
    rejected_count: int
    landed_at: datetime
    quarantined_at: datetime | None
    quarantine_reason: str | None
    released_at: datetime | None
    # The batch whose dead letters this one delivers again.
    replay_of: int | None = None


BATCH_COLUMNS = SQL(", ").join(Identifier(field.name) for field in fields(Batch))


def find_batch(connection: psycopg.Connection, schema: str, source: str, batch_id: str) -> Batch | None:
    """Return the batch of that id, or None if it has not landed."""
    query = SQL("select {} from {} where source = %s and batch_id = %s")
    with connection.cursor(row_factory=class_row(Batch)) as cursor:
        return cursor.execute(query.format(BATCH_COLUMNS, Identifier(schema, "batches")), (source, batch_id)).fetchone()


def register_batch(
    connection: psycopg.Connection,
    schema: str,
    *,
    source: str,
    batch_id: str,
    content_sha256: str | None,
    window: tuple[datetime, datetime] | None,
    extracted_at: datetime | None,
    location: str | None,
    replay_of: int | None = None,
) -> int | Batch:
    """Register a batch and return its number, or return the batch that has this id already.

    Waits for a transaction that is registering the same batch. Counts are set by `count_batch`.
    """
    query = SQL(
        """
        insert into {} (
            source, batch_id, content_sha256, window_start, window_end, extracted_at, location, replay_of, row_count
        )
        values (%s, %s, %s, %s, %s, coalesce(%s, clock_timestamp()), %s, %s, 0)
        on conflict (source, batch_id) do nothing
        returning batch_no
        """
    ).format(Identifier(schema, "batches"))
    start, end = window or (None, None)
    values = (source, batch_id, content_sha256, start, end, extracted_at, location, replay_of)
    # Looked for first, because an insert that finds a conflict has used up a batch number.
    while (known := find_batch(connection, schema, source, batch_id)) is None:
        registered = connection.execute(query, values).fetchone()
        if registered:
            return registered[0]
    return known


def count_batch(
    connection: psycopg.Connection, schema: str, batch_no: int, *, row_count: int, rejected_count: int
) -> None:
    """Set how many rows of a batch are in landing and how many of its lines are dead letters."""
    query = SQL("update {} set row_count = %s, rejected_count = %s where batch_no = %s")
    connection.execute(query.format(Identifier(schema, "batches")), (row_count, rejected_count, batch_no))


def record_schema_changes(
    connection: psycopg.Connection,
    schema: str,
    *,
    source: str,
    columns: Sequence[str],
    change: str,
    action: str,
    batch_no: int,
) -> None:
    """Record a change of a source's columns, with the batch that showed it; only what is not recorded yet."""
    if not columns:
        return
    query = SQL(
        """
        insert into {} as known (source, column_name, change, batch_no, action)
        select %(source)s, delivered.name, %(change)s, %(batch_no)s, %(action)s
        from unnest(%(columns)s::text[]) as delivered (name)
        where not exists (
            select from {} as known
            where known.source = %(source)s and known.column_name = delivered.name and known.change = %(change)s
        )
        -- In one order, so that two landings that show the same changes cannot wait for each other.
        order by delivered.name
        on conflict do nothing
        """
    ).format(Identifier(schema, "schema_changes"), Identifier(schema, "schema_changes"))
    values = {"source": source, "columns": list(columns), "change": change, "action": action, "batch_no": batch_no}
    connection.execute(query, values)
