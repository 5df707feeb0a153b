"""Compare marts with what was delivered for them, in one snapshot, and record the result."""

from dataclasses import replace
from typing import Any
from uuid import uuid4

import psycopg
from psycopg import sql
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from onerow.errors import HistoryNotWritten, ReconcileFailed, WrongUse
from onerow.ledger.setup import MAKE_LEDGER
from onerow.project.marts import Mart
from onerow.project.project import Project
from onerow.reconcile.compare import compare_mart
from onerow.reconcile.marts import has_values
from onerow.reconcile.report import INFO, Figure, Finding, LevelResult, MartResult, Report, SchemaChange, whole
from onerow.reconcile.request import DEFAULT_MEANS, Means
from onerow.reconcile.rules import (
    FIGURES,
    LEVELS,
    PRESENT_COLUMNS,
    SCHEMA_CHANGES,
    WAITING_BATCHES,
    CompiledRules,
    compile_rules,
)
from onerow.reconcile.snapshot import Table, snapshot

_LEDGER_TABLES = (
    "batches", "claims", "load_outcomes", "dead_letters", "schema_changes", "reconciliations", "recorded_columns",
    "exceptions",
)  # fmt: skip

_RECORD_COLUMNS = """
    insert into {0} (model, run_id, columns, recorded_at)
    select %(model)s, %(run)s, %(columns)s, %(at)s
    where %(columns)s is distinct from (
        select r.columns from {0} as r where r.model = %(model)s order by r.recorded_at desc limit 1
    )
"""


def reconcile(
    project: Project,
    connection: psycopg.Connection,
    marts: list[Mart],
    levels: tuple[str, ...] = LEVELS,
    means: Means = DEFAULT_MEANS,
) -> Report:
    """Compare the marts with what was delivered, on these levels, all in one snapshot. Writes nothing.

    A mart with meta.onerow.reconcile.source is compared with that on the levels counts and rows, by `means`, in a
    snapshot of its own.

    Raises:
        RelationMissing, LockTimedOut: a mart, a landing table or the ledger cannot be read.
        ReconcileFailed: a rule cannot be answered, for instance because the mart lacks a column of the natural key.
        DbtFailed: the rules do not compile.
        WrongUse: what a model says in meta.onerow.reconcile is wrong; the message lists all of it.
    """
    for mart in marts:
        # In Python first: what dbt does not compile is something that broke, and this is a wrong configuration.
        project.render(
            "reconcile_options", mart.name, mart.reconcile, list(mart.source.column_names), mart.is_newest_kept
        )
    compiled = compile_rules(project, marts, levels)
    with snapshot(connection, _tables(project.ledger_schema, marts)):
        taken_at = connection.execute("select clock_timestamp()").fetchone()[0]
        results = [_reconcile_mart(connection, mart, levels, compiled, means.samples) for mart in marts]
    for number, mart in enumerate(marts):
        if mart.reconcile.get("source"):
            try:
                compared = compare_mart(project, mart, levels, means, taken_at)
            except WrongUse as error:
                raise WrongUse(f"model {mart.name}, meta.onerow.reconcile: {error}") from None
            results[number] = replace(results[number], levels=_in_order([*results[number].levels, *compared]))
    return Report(uuid4(), taken_at, results)


def record(connection: psycopg.Connection, ledger_schema: str, report: Report) -> None:
    """Write every compared figure of the report, and columns that have changed, into the ledger, in one transaction.

    Raises:
        HistoryNotWritten: the ledger refuses it; carries the reason.
    """
    insert = sql.SQL(
        "insert into {} (run_id, model, check_name, window_start, figure, source_value, destination_value, status,"
        " reconciled_at) values (%s, %s, %s, %s, %s, %s, %s, %s, %s)"
    ).format(sql.Identifier(ledger_schema, "reconciliations"))
    rows = [
        (
            report.run_id,
            mart.relation,
            level.level,
            figure.window_start,
            figure.name,
            figure.source,
            figure.destination,
            figure.status,
            report.reconciled_at,
        )
        for mart in report.marts
        for level in mart.levels
        for figure in level.figures
        if figure.status != INFO
    ]
    record_columns = sql.SQL(_RECORD_COLUMNS).format(sql.Identifier(ledger_schema, "recorded_columns"))
    columns = [
        {"model": mart.relation, "run": report.run_id, "columns": Jsonb(mart.columns), "at": report.reconciled_at}
        for mart in report.marts
        if mart.columns
    ]
    try:
        with connection.transaction(), connection.cursor() as cursor:
            cursor.executemany(insert, rows)
            cursor.executemany(record_columns, columns)
    except psycopg.Error as error:
        raise HistoryNotWritten(ledger_schema, str(error).strip()) from error


def _tables(ledger_schema: str, marts: list[Mart]) -> list[tuple[Table, str]]:
    """Return what has to be locked, each table once, with what to do if it is missing."""
    remedies: dict[Table, str] = {}
    for mart in marts:
        remedies[mart.schema, mart.table] = f"Build it: dbt run --select +{mart.name}"
        remedies[mart.source.schema, mart.source.table] = (
            "Its loader makes it"
            if mart.source.batch_column
            else f"Land a first batch: onerow land {mart.source.name} FILE"
        )
    for table in _LEDGER_TABLES:
        remedies[ledger_schema, table] = MAKE_LEDGER
    return list(remedies.items())


def _reconcile_mart(
    connection: psycopg.Connection, mart: Mart, levels: tuple[str, ...], compiled: CompiledRules, samples: int
) -> MartResult:
    sql_of = compiled.sql[mart.name]
    waiting = _rows(connection, mart, WAITING_BATCHES, sql_of[WAITING_BATCHES])
    present = _rows(connection, mart, PRESENT_COLUMNS, sql_of[PRESENT_COLUMNS]) if "schema" in levels else []
    return MartResult(
        model=mart.name,
        relation=compiled.ids[mart.name],
        source=mart.source.name,
        waiting_batches=[row["batch_no"] for row in waiting],
        levels=[
            _reconcile_level(connection, mart, level, sql_of, samples) for level in levels if _is_of_rules(mart, level)
        ],
        columns={row["column_name"]: row["data_type"] for row in present},
        schema_changes=[SchemaChange(**row) for row in _rows(connection, mart, SCHEMA_CHANGES, sql_of[SCHEMA_CHANGES])],
    )


def _is_of_rules(mart: Mart, level: str) -> bool:
    if mart.reconcile.get("source"):
        return level in FIGURES and level not in ("counts", "rows")
    return level in FIGURES and (level != "rows" or has_values(mart))


def _in_order(results: list[LevelResult]) -> list[LevelResult]:
    return sorted(results, key=lambda result: LEVELS.index(result.level))


def _reconcile_level(
    connection: psycopg.Connection, mart: Mart, level: str, sql_of: dict[str, str], samples: int
) -> LevelResult:
    figures = [
        Figure(
            row["figure"],
            whole(row["source_value"]),
            whole(row["destination_value"]),
            whole(row["violations"]),
            row["rule"],
            row.get("window_start"),
            row.get("tolerance"),
        )
        for macro in FIGURES[level]
        if sql_of[macro]
        for row in _rows(connection, mart, macro, sql_of[macro])
    ]
    violations: dict[str, int] = {}
    for figure in figures:
        # Figures of windows count again what those of the whole have counted.
        if figure.rule is not None and figure.violations and figure.window_start is None:
            violations[figure.rule] = violations.get(figure.rule, 0) + figure.violations
    findings = []
    for rule, count in violations.items():
        # As JSON, so that a value of any type can be shown and sent on; jsonb has an order, json that of the columns.
        sample = f"select to_json(v) as violation from ({sql_of[rule]}) as v order by to_jsonb(v) limit {samples}"  # noqa: S608 - SQL of dbt
        rows = _rows(connection, mart, rule, sample)
        findings.append(Finding(rule, count, [row["violation"] for row in rows]))
    return LevelResult(level, figures, findings)


def _rows(connection: psycopg.Connection, mart: Mart, rule: str, query: str) -> list[dict[str, Any]]:
    try:
        with connection.cursor(row_factory=dict_row) as cursor:
            return cursor.execute(query).fetchall()  # type: ignore[arg-type]
    except psycopg.Error as error:
        raise ReconcileFailed(f"{mart.name}: {rule}", str(error).strip()) from error
