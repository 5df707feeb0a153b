"""Read from the ledger what a report shows beside the comparison. Writes nothing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

import psycopg
from psycopg.rows import class_row, dict_row
from psycopg.sql import SQL

from onerow.ledger.setup import MAKE_LEDGER
from onerow.project.project import Project
from onerow.reconcile.report import whole
from onerow.reconcile.snapshot import snapshot
from onerow.report.runs import Run, RunFigure

# Of each mart, the newest.
RUNS = 30
BATCHES = 40

_TABLES = ("batches", "claims", "load_outcomes", "dead_letters", "reconciliations", "exceptions")


@dataclass(frozen=True)
class ConsumedBatch:
    """A batch that a mart has consumed, and what became of its rows: outcome to rows."""

    model: str
    batch_no: int
    batch_id: str
    location: str | None
    landed_at: datetime
    row_count: int
    rejected_count: int
    withdrawn_count: int
    outcomes: dict[str, int]


@dataclass(frozen=True)
class ReasonCount:
    """How many dead letters of a source have a reason and a status."""

    source: str
    reason: str
    status: str
    letter_count: int
    newest_batch_no: int


@dataclass(frozen=True)
class RuleException:
    """An exception of a mart to a rule: it covers keys that hold the members of `natural_key`, until it expires."""

    model: str
    rule: str
    natural_key: dict[str, Any]
    reason: str
    expires_on: date
    is_in_force: bool


@dataclass(frozen=True)
class LedgerFacts:
    """What the ledger has of some marts, as of one moment. All but dead letters is by the mart's name in the ledger."""

    runs: dict[str, list[Run]]
    batches: dict[str, list[ConsumedBatch]]
    dead_letters: dict[str, list[ReasonCount]]
    exceptions: dict[str, list[RuleException]]


def read_facts(project: Project, connection: psycopg.Connection, relations: list[str]) -> LedgerFacts:
    """Read the newest runs and batches of these marts, newest first, and the dead letters by source.

    Raises:
        RelationMissing, LockTimedOut, ReconcileFailed: a table of the ledger cannot be read.
    """
    batches = SQL(
        """
        select
            model, batch_no, batch_id, location, landed_at, row_count, rejected_count, withdrawn_count, outcomes
        from ({}) as consumed
        where consumed.model = any(%s) and consumed.recency <= %s
        order by consumed.model, consumed.batch_no desc
        """
    ).format(_rendered(project, "outcomes_of_batches"))
    reasons = SQL("select * from ({}) as reasons order by source, letter_count desc, reason, status").format(
        _rendered(project, "reasons_of_dead_letters")
    )
    exceptions = SQL("select * from ({}) as exceptions order by model, rule, expires_on, natural_key").format(
        _rendered(project, "known_exceptions")
    )
    with snapshot(connection, (((project.ledger_schema, table), MAKE_LEDGER) for table in _TABLES)):
        return LedgerFacts(
            _read_runs(project, connection, relations, RUNS),
            _by("model", _fetch(connection, ConsumedBatch, batches, (relations, BATCHES))),
            _by("source", _fetch(connection, ReasonCount, reasons)),
            _by("model", _fetch(connection, RuleException, exceptions)),
        )


def read_runs(
    project: Project, connection: psycopg.Connection, relations: list[str], last: int
) -> dict[str, list[Run]]:
    """Read the newest runs of these marts by their names in the ledger, newest first.

    Raises:
        RelationMissing, LockTimedOut, ReconcileFailed: the table of runs cannot be read.
    """
    with snapshot(connection, [((project.ledger_schema, "reconciliations"), MAKE_LEDGER)]):
        return _read_runs(project, connection, relations, last)


def _read_runs(
    project: Project, connection: psycopg.Connection, relations: list[str], last: int
) -> dict[str, list[Run]]:
    query = project.render(
        "runs_of_marts", schema=project.ledger_schema, marts="%(marts)s::text[]", last="%(last)s::integer"
    )
    with connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(SQL(query), {"marts": relations, "last": last}).fetchall()  # type: ignore[arg-type]
    runs: dict[str, list[Run]] = {}
    for (model, run_id, reconciled_at), figures in groupby(
        rows, key=lambda row: (row["model"], row["run_id"], row["reconciled_at"])
    ):
        runs.setdefault(model, []).append(Run(run_id, reconciled_at, tuple(_figure(row) for row in figures)))
    return runs


def _figure(row: dict[str, Any]) -> RunFigure:
    return RunFigure(
        row["check_name"],
        row["figure"],
        whole(row["source_value"]),
        whole(row["destination_value"]),
        row["is_difference"],
        row["differing_windows"],
    )


def _rendered(project: Project, macro: str) -> SQL:
    return SQL(project.render(macro, schema=project.ledger_schema).replace("%", "%%"))  # type: ignore[arg-type]


def _fetch(connection: psycopg.Connection, record: type[Any], query: Any, values: Any = ()) -> list[Any]:
    with connection.cursor(row_factory=class_row(record)) as cursor:
        return cursor.execute(query, values).fetchall()


def _by(name: str, records: Iterable[Any]) -> dict[str, list[Any]]:
    grouped: dict[str, list[Any]] = {}
    for record in records:
        grouped.setdefault(getattr(record, name), []).append(record)
    return grouped
