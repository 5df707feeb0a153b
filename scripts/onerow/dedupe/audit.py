"""How many duplicates a table holds, of what kind, and since when. Writes nothing."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from psycopg.rows import dict_row
from psycopg.sql import Identifier

from onerow.batches.standing import in_json
from onerow.dedupe.target import Target
from onerow.errors import DedupeFailed
from onerow.project.project import Project
from onerow.reconcile.snapshot import snapshot


@dataclass(frozen=True)
class Audit:
    """What is wrong with a table's keys. `docs/reference/dedupe.md` says what each figure counts."""

    relation: str
    key: tuple[str, ...]
    version: str | None
    row_count: int
    duplicate_keys: int
    surplus_rows: int
    twin_keys: int
    conflicting_keys: int
    twin_rows: int
    conflicting_rows: int
    null_keys: int
    null_key_rows: int
    first_version: str | None
    last_version: str | None
    since: datetime | None
    biggest_keys: list[dict[str, Any]]
    batches: list[dict[str, Any]]
    words: str

    @property
    def key_count(self) -> int:
        """How many keys there are."""
        return self.row_count - self.surplus_rows

    def to_json(self) -> dict[str, Any]:
        """Return it as docs/reference/dedupe.md describes it."""
        figures = {name: value for name, value in vars(self).items() if name != "words"}
        return {**figures, "key": list(self.key), "key_count": self.key_count, "since": in_json(self.since)}


def audit(project: Project, connection: psycopg.Connection, target: Target, limit: int) -> Audit:
    """Look at a table in one snapshot; `limit` is how many of the biggest keys to name.

    Raises:
        DedupeFailed: PostgreSQL could not answer.
        LockTimedOut, ReconcileFailed: the table cannot be read.
    """
    with snapshot(connection, [((target.schema, target.table), "")]):
        try:
            query = project.render("dedupe_audit", target, _batches(project, connection), limit)
            with connection.cursor(row_factory=dict_row) as cursor:
                figures = cursor.execute(query).fetchone()
        except psycopg.Error as error:
            raise DedupeFailed(target.name, str(error).strip(), "Nothing was written") from error
    biggest = [_without(key, "key_no", "has_null") for key in figures.pop("biggest_keys")]
    return Audit(
        relation=target.name,
        key=target.key,
        version=target.version,
        words=target.words,
        biggest_keys=biggest,
        **figures,
    )


def _batches(project: Project, connection: psycopg.Connection) -> str | None:
    """Return the ledger's batches, in SQL, or None where there are none that the user may read."""
    query = """
        select count(*)
        from pg_catalog.pg_class as c
        inner join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
        where n.nspname = %s and c.relname = 'batches'
            and pg_catalog.has_schema_privilege(n.oid, 'USAGE') and pg_catalog.has_table_privilege(c.oid, 'SELECT')
    """
    [is_there] = connection.execute(query, (project.ledger_schema,)).fetchone()
    return Identifier(project.ledger_schema, "batches").as_string(None) if is_there else None


def _without(record: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in record.items() if name not in names}
