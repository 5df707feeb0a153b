"""onerow report: the HTML report."""

from pathlib import Path

import click

from onerow.commands.options import pass_project
from onerow.commands.output import DIFFERENCES_FOUND
from onerow.commands.reconciled import HTML, reconcile_marts
from onerow.project.project import Project
from onerow.reconcile.marts import find_marts
from onerow.reconcile.report import OK
from onerow.reconcile.request import DEFAULT_MEANS
from onerow.reconcile.rules import LEVELS


@click.command(epilog="Example: onerow report --output report.html")
@click.argument("models", nargs=-1, metavar="[MODEL]...")
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("onerow_report.html"),
    show_default=True,
    help="File of the report, replaced when it is complete.",
)
@pass_project
@click.pass_context
def report(ctx: click.Context, project: Project, models: tuple[str, ...], output: Path) -> None:
    """Reconcile the marts, and write an HTML report of what was found and of what the ledger has.

    Takes every model that has meta.onerow.source, or only each MODEL, and compares on all levels. The report is one
    file without script and without an outside address: verdicts, figures, windows, samples, outcomes of batches, dead
    letters, schema changes, and earlier runs. `onerow reconcile --format html` gives the same.

    Exit codes: 0 all equal, 1 something could not be read or written, 2 wrong use, 3 differences were found.
    """
    if reconcile_marts(project, find_marts(project, models), LEVELS, DEFAULT_MEANS, HTML, output).status != OK:
        ctx.exit(DIFFERENCES_FOUND)
