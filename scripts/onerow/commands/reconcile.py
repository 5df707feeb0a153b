"""onerow reconcile: is what was delivered what is in the marts?"""

from pathlib import Path

import click
import psycopg
from rich.console import Console

from onerow.commands.options import WebAddress, pass_project
from onerow.commands.output import table_text
from onerow.errors import OnerowError
from onerow.ledger.setup import see_batches
from onerow.project.project import Project
from onerow.reconcile import reconcile as job
from onerow.reconcile.marts import find_marts
from onerow.reconcile.report import OK, Report
from onerow.reconcile.rules import LEVELS
from onerow.reconcile.table import render
from onerow.report.formats import TEXT_FORMATS
from onerow.report.html import render_page
from onerow.report.notify import notify
from onerow.report.output_file import require_folder, write_output
from onerow.report.read import read_facts
from onerow.report.retention import forget_old_runs

DIFFERENCES_FOUND = 3
TABLE, HTML = "table", "html"


@click.command(epilog="Example: onerow reconcile devices --level counts")
@click.argument("models", nargs=-1, metavar="[MODEL]...")
@click.option(
    "--level",
    "levels",
    multiple=True,
    type=click.Choice(LEVELS),
    help="What to compare; may be given more than once. All by default.",
)
@click.option(
    "--format",
    "report_format",
    type=click.Choice([TABLE, *TEXT_FORMATS, HTML]),
    default=TABLE,
    show_default=True,
    help="How to print the result.",
)
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="File for the result, replaced when it is complete; standard output by default.",
)
@click.option(
    "--notify",
    "notify_url",
    metavar="URL",
    type=WebAddress(),
    envvar="ONEROW_NOTIFY_URL",
    help="Post a JSON summary there when the verdict of a mart has changed. Better in the variable ONEROW_NOTIFY_URL: "
    "a process list shows arguments.",
)
@pass_project
@click.pass_context
def reconcile(
    ctx: click.Context,
    project: Project,
    models: tuple[str, ...],
    levels: tuple[str, ...],
    report_format: str,
    output: Path | None,
    notify_url: str | None,
) -> None:
    """Compare what was delivered with what is in the marts, and record the figures in the ledger.

    Takes every model that has meta.onerow.source, or only each MODEL. `counts` compares rows and natural keys of the
    landing table with those of the mart; `accounting` compares what was recorded of each batch with what can be
    counted. Batches that are still to be loaded are shown and are no difference. `onerow reconcile history` shows
    earlier runs.

    Exit codes: 0 all equal, 1 something could not be read, 2 wrong use, 3 differences were found.
    """
    if compare(project, models, levels, report_format, output, notify_url).status != OK:
        ctx.exit(DIFFERENCES_FOUND)


def compare(
    project: Project,
    models: tuple[str, ...],
    levels: tuple[str, ...],
    report_format: str,
    output: Path | None,
    notify_url: str | None = None,
) -> Report:
    """Compare the marts, give out the result, record it in the ledger, and tell whom the verdict concerns."""
    if output is not None:
        require_folder(output)
    days = project.keep_reconciliations
    marts = find_marts(project, models)
    wanted = tuple(level for level in LEVELS if level in levels) or LEVELS
    with project.connect("onerow reconcile") as connection:
        with Console(stderr=True).status(f"Comparing {', '.join(mart.name for mart in marts)}"):
            see_batches(project, connection, [mart.source for mart in marts])
            report = job.reconcile(project, connection, marts, wanted)
        if report_format == TABLE and output is None:
            Console(highlight=False).print(render(report))
        else:
            _give_out(_text(project, connection, report_format, report), output)
        job.record(connection, project.ledger_schema, report)
        forget_old_runs(project, connection, days)
        if notify_url is not None:
            _notify(project, connection, notify_url, report)
    return report


def _notify(project: Project, connection: psycopg.Connection, url: str, report: Report) -> None:
    """Tell what has changed. The verdict stands, whether or not it can be told."""
    try:
        notify(project, connection, url, report)
    except OnerowError as error:
        click.echo(f"onerow: {error}", err=True)


def _text(project: Project, connection: psycopg.Connection, report_format: str, report: Report) -> str:
    if report_format == TABLE:
        return table_text(render(report))
    if report_format == HTML:
        return render_page(report, read_facts(project, connection, [mart.relation for mart in report.marts]))
    return TEXT_FORMATS[report_format](report.to_json())


def _give_out(text: str, output: Path | None) -> None:
    if output is None:
        click.echo(text, nl=False)
    else:
        write_output(output, text)
        click.echo(f"Written: {output}", err=True)
