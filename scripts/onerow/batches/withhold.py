"""Keep a batch from the marts, and let it go again. A load that is claiming the batch at that moment is waited for."""

from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.rows import class_row
from psycopg.sql import SQL, Identifier

from onerow.batches.read import read_standings
from onerow.batches.standing import Standing
from onerow.errors import LockTimedOut, UnknownBatch
from onerow.ledger.batches import BATCH_COLUMNS, Batch
from onerow.ledger.locks import lock_holders
from onerow.project.project import Project


@dataclass(frozen=True)
class Changed:
    """A batch as it stands now. `changed` is False where it stood so before, and nothing was written."""

    standing: Standing
    changed: bool

    def to_json(self) -> dict[str, Any]:
        """Return it as docs/reference/batches-json.md describes it."""
        return {"changed": self.changed, **self.standing.to_json()}


def quarantine_batch(
    project: Project, connection: psycopg.Connection, batch_no: int, reason: str | None = None
) -> Changed:
    """Withhold a batch from marts that have not consumed it; what has consumed it by then is in the result.

    One transaction, or part of the caller's. A batch that is quarantined already keeps its reason.

    Raises:
        UnknownBatch: there is no batch of that number.
        LockTimedOut: a load that has claimed the batch took longer than the session's lock_timeout.
    """
    with connection.transaction():
        batch = _lock(project, connection, batch_no)
        changed = batch.quarantined_at is None
        if changed:
            values = "quarantined_at = clock_timestamp(), quarantine_reason = %s, released_at = null"
            batch = _set(project, connection, batch_no, values, reason)
        # By a statement of its own: it sees the claims of the loads that the lock has waited for.
        [standing] = read_standings(project, connection, [batch])
    return Changed(standing, changed)


def release_batch(project: Project, connection: psycopg.Connection, batch_no: int) -> Changed:
    """Let a quarantined batch go: the next load takes it as it is, its rejects set aside and its window applied.

    One transaction, or part of the caller's. Why the batch was withheld stays on record.

    Raises:
        UnknownBatch: there is no batch of that number.
        LockTimedOut: a load that has claimed the batch took longer than the session's lock_timeout.
    """
    with connection.transaction():
        batch = _lock(project, connection, batch_no)
        changed = batch.quarantined_at is not None
        if changed:
            batch = _set(project, connection, batch_no, "quarantined_at = null, released_at = clock_timestamp()")
        [standing] = read_standings(project, connection, [batch])
    return Changed(standing, changed)


def _lock(project: Project, connection: psycopg.Connection, batch_no: int) -> Batch:
    """Lock a batch for this transaction, and return it.

    A claim holds `for key share` on the batch until its load commits. `for update` is the one lock of a row that waits
    for it, and that a claim waits for: a plain update does neither.
    """
    batches = Identifier(project.ledger_schema, "batches")
    query = SQL("select {} from {} where batch_no = %s for update").format(BATCH_COLUMNS, batches)
    try:
        # In a savepoint, so that after a timeout the same connection can still ask who holds the batch.
        with connection.transaction(), connection.cursor(row_factory=class_row(Batch)) as cursor:
            batch = cursor.execute(query, (batch_no,)).fetchone()
    except psycopg.errors.LockNotAvailable:
        claims = Identifier(project.ledger_schema, "claims")
        holders = lock_holders(connection, [(claims, "RowExclusiveLock"), (batches, "AccessExclusiveLock")])
        raise LockTimedOut(f"batch {batch_no}", *holders) from None
    if batch is None:
        raise UnknownBatch(batch_no)
    return batch


def _set(project: Project, connection: psycopg.Connection, batch_no: int, assignments: str, *values: object) -> Batch:
    """Change a batch that is locked, and return what it is then."""
    query = SQL("update {} set {} where batch_no = %s returning {}").format(
        Identifier(project.ledger_schema, "batches"),
        SQL(assignments),  # type: ignore[arg-type]
        BATCH_COLUMNS,
    )
    with connection.cursor(row_factory=class_row(Batch)) as cursor:
        return cursor.execute(query, (*values, batch_no)).fetchone()
