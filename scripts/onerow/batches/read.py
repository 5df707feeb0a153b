"""Read from the ledger what became of batches, all in one snapshot. Writes nothing."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.rows import class_row
from psycopg.sql import SQL, Identifier

from onerow.batches.standing import Consumption, Standing, in_json
from onerow.errors import UnknownBatch
from onerow.ledger.batches import BATCH_COLUMNS, Batch
from onerow.project.marts import all_marts
from onerow.project.project import Project

# Dead letters that `show` gives in full, and lines that it names of each reason.
SAMPLES = 5


@dataclass(frozen=True)
class Refusal:
    """A reason for which lines of a batch are dead letters: how many, and the first of their numbers."""

    reason: str
    line_count: int
    first_lines: list[int]


@dataclass(frozen=True)
class DeadLetter:
    """A refused line of a batch, as it was delivered."""

    line_number: int
    reasons: list[str]
    status: str
    raw: str


@dataclass(frozen=True)
class SchemaChange:
    """A change of the source's columns that a batch was the first to show."""

    column_name: str
    change: str
    action: str


@dataclass(frozen=True)
class Account:
    """Everything that the ledger has of one batch."""

    standing: Standing
    refusals: list[Refusal]
    dead_letters: list[DeadLetter]
    schema_changes: list[SchemaChange]

    def to_json(self) -> dict[str, Any]:
        """Return it as docs/reference/batches-json.md describes it."""
        return {
            **self.standing.to_json(),
            "consumptions": [
                {
                    "relation": each.relation,
                    "attempt": each.attempt,
                    "row_count": each.row_count,
                    "outcomes": each.outcomes,
                    "withdrawn_count": each.withdrawn_count,
                    "claimed_at": in_json(each.claimed_at),
                }
                for each in self.standing.consumptions
            ],
            "refusals": [vars(refusal) for refusal in self.refusals],
            "dead_letters": [vars(letter) for letter in self.dead_letters],
            "schema_changes": [vars(change) for change in self.schema_changes],
        }


@dataclass(frozen=True)
class Page:
    """The newest batches, newest first, and how many there are in all."""

    standings: list[Standing]
    total: int


def list_batches(project: Project, connection: psycopg.Connection, source: str | None, limit: int) -> Page:
    """Return the newest batches of a source, or of all sources.

    Raises:
        UnknownSource: the project has no source of that name.
    """
    if source is not None:
        project.source(source)
    schema = project.ledger_schema
    of_source = SQL("from {} where %(source)s::text is null or source = %(source)s").format(
        Identifier(schema, "batches")
    )
    values = {"source": source, "limit": limit}
    with _snapshot(connection):
        [total] = connection.execute(SQL("select count(*) {}").format(of_source), values).fetchone()
        newest = SQL("select {} {} order by batch_no desc limit %(limit)s").format(BATCH_COLUMNS, of_source)
        batches = _fetch(connection, Batch, newest, values)
        return Page(read_standings(project, connection, batches), total)


def show_batch(project: Project, connection: psycopg.Connection, batch_no: int) -> Account:
    """Return everything that the ledger has of a batch.

    Raises:
        UnknownBatch: there is no batch of that number.
    """
    schema = project.ledger_schema
    with _snapshot(connection):
        by_number = SQL("select {} from {} where batch_no = %s").format(BATCH_COLUMNS, Identifier(schema, "batches"))
        batches = _fetch(connection, Batch, by_number, (batch_no,))
        if not batches:
            raise UnknownBatch(batch_no)
        [standing] = read_standings(project, connection, batches)
        letters = SQL("from {} as d where d.source = %s and d.batch_no = %s").format(Identifier(schema, "dead_letters"))
        of_batch = (standing.batch.source, batch_no)
        refusals = SQL(
            """
            select
                reason,
                count(*) as line_count,
                (array_agg(line_number order by line_number))[1:{}] as first_lines
            from (select unnest(d.reasons) as reason, d.line_number {}) as refused
            group by reason
            order by line_count desc, reason
            """
        ).format(SAMPLES, letters)
        first_letters = SQL(
            "select d.line_number, d.reasons, d.status, d.raw {} order by d.line_number limit {}"
        ).format(letters, SAMPLES)
        changes = SQL(
            "select column_name, change, action from {} where source = %s and batch_no = %s order by 2, 1"
        ).format(Identifier(schema, "schema_changes"))
        return Account(
            standing,
            _fetch(connection, Refusal, refusals, of_batch),
            _fetch(connection, DeadLetter, first_letters, of_batch),
            _fetch(connection, SchemaChange, changes, of_batch),
        )


def read_standings(project: Project, connection: psycopg.Connection, batches: Iterable[Batch]) -> list[Standing]:
    """Return how these batches stand to the marts, in the caller's transaction."""
    batches = list(batches)
    consumptions: dict[int, list[Consumption]] = {batch.batch_no: [] for batch in batches}
    query = SQL(
        """
        select
            valid_claims.batch_no,
            valid_claims.model,
            valid_claims.mart_schema,
            valid_claims.mart_table,
            valid_claims.attempt,
            valid_claims.row_count,
            valid_claims.withdrawn_count,
            valid_claims.claimed_at,
            (
                select coalesce(jsonb_object_agg(o.outcome, o.row_count), '{{}}')
                from {outcomes} as o
                where o.model = valid_claims.model and o.batch_no = valid_claims.batch_no
                    and o.attempt = valid_claims.attempt
            ) as outcomes
        from ({valid_claims}) as valid_claims
        where valid_claims.batch_no = any(%s)
        order by valid_claims.model
        """
    ).format(
        outcomes=Identifier(project.ledger_schema, "load_outcomes"),
        # The rules' own SQL, from the macro.
        valid_claims=SQL(project.render("valid_claims", schema=project.ledger_schema).replace("%", "%%")),  # type: ignore[arg-type]
    )
    for batch_no, *claim in connection.execute(query, (list(consumptions),)):
        consumptions[batch_no].append(Consumption(*claim))
    marts = all_marts(project)
    return [
        Standing(
            batch,
            tuple(mart for mart in marts if mart.source.name == batch.source),
            tuple(consumptions[batch.batch_no]),
        )
        for batch in batches
    ]


def _snapshot(connection: psycopg.Connection) -> Any:
    """Return a block in which everything is read as of one moment."""
    connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    connection.read_only = True
    return connection.transaction()


def _fetch(connection: psycopg.Connection, record: type[Any], query: Any, values: Any) -> list[Any]:
    with connection.cursor(row_factory=class_row(record)) as cursor:
        return cursor.execute(query, values).fetchall()
