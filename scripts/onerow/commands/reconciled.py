"""What `onerow reconcile` and `onerow report` do with a reconciliation: give it out, record it, tell of it."""

from pathlib import Path

import click
import psycopg
from rich.console import Console

from onerow.commands.output import table_text
from onerow.errors import OnerowError
from onerow.ledger.setup import see_batches
from onerow.project.marts import Mart
from onerow.project.project import Project
from onerow.reconcile import compare
from onerow.reconcile import reconcile as job
from onerow.reconcile.report import Report
from onerow.reconcile.request import Comparison, Means
from onerow.reconcile.table import render
from onerow.report.formats import TEXT_FORMATS
from onerow.report.output_file import require_folder, write_output
from onerow.report.read import LedgerFacts, read_facts
from onerow.report.retention import forget_old_runs

TABLE, HTML = "table", "html"
FORMATS = (TABLE, *TEXT_FORMATS, HTML)
# Of things that are no marts the ledger knows nothing.
_NO_FACTS = LedgerFacts({}, {}, {}, {})


def reconcile_marts(
    project: Project,
    marts: list[Mart],
    levels: tuple[str, ...],
    means: Means,
    report_format: str,
    output: Path | None,
    notify_url: str | None = None,
) -> Report:
    """Compare the marts, give out the result, record it in the ledger, and tell whom the verdict concerns."""
    if output is not None:
        require_folder(output)
    days = project.keep_reconciliations
    with project.connect("onerow reconcile") as connection:
        with Console(stderr=True).status(f"Comparing {', '.join(mart.name for mart in marts)}"):
            see_batches(project, connection, [mart.source for mart in marts])
            report = job.reconcile(project, connection, marts, levels, means)
        facts = _NO_FACTS
        if report_format == HTML:
            facts = read_facts(project, connection, [mart.relation for mart in report.marts])
        _give_out(report, facts, report_format, output)
        job.record(connection, project.ledger_schema, report)
        forget_old_runs(project, connection, days)
        if notify_url is not None:
            _notify(project, connection, notify_url, report)
    return report


def compare_sides(
    project: Project,
    comparison: Comparison,
    levels: tuple[str, ...],
    means: Means,
    report_format: str,
    output: Path | None,
) -> Report:
    """Compare two things that are no marts, and give out the result."""
    if output is not None:
        require_folder(output)
    with Console(stderr=True).status(f"Comparing {comparison.source} with {comparison.destination}"):
        report = compare.compare(project, comparison, levels, means)
    _give_out(report, _NO_FACTS, report_format, output)
    return report


def _notify(project: Project, connection: psycopg.Connection, url: str, report: Report) -> None:
    """Tell what has changed. The verdict stands, whether or not it can be told."""
    from onerow.report.notify import notify  # noqa: PLC0415 - asks for what sends requests, which takes its time

    try:
        notify(project, connection, url, report)
    except OnerowError as error:
        click.echo(f"onerow: {error}", err=True)


def _give_out(report: Report, facts: LedgerFacts, report_format: str, output: Path | None) -> None:
    if report_format == TABLE and output is None:
        Console(highlight=False).print(render(report))
        return
    if report_format == TABLE:
        text = table_text(render(report))
    elif report_format == HTML:
        from onerow.report.html import render_page  # noqa: PLC0415 - the library of the charts takes its time

        text = render_page(report, facts)
    else:
        text = TEXT_FORMATS[report_format](report.to_json())
    if output is None:
        click.echo(text, nl=False)
    else:
        write_output(output, text)
        click.echo(f"Written: {output}", err=True)
