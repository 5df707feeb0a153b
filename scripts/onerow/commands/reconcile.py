"""onerow reconcile: is what was delivered what is in the marts?"""

import click
from rich.console import Console

from onerow.commands.options import pass_format, pass_project
from onerow.commands.output import print_result
from onerow.ledger.setup import see_batches
from onerow.project.project import Project
from onerow.reconcile import reconcile as job
from onerow.reconcile.marts import find_marts
from onerow.reconcile.report import OK
from onerow.reconcile.rules import LEVELS
from onerow.reconcile.table import render

DIFFERENCES_FOUND = 3


@click.command(epilog="Example: onerow reconcile devices --level counts")
@click.argument("models", nargs=-1, metavar="[MODEL]...")
@click.option(
    "--level",
    "levels",
    multiple=True,
    type=click.Choice(LEVELS),
    help="What to compare; may be given more than once. All by default.",
)
@pass_format
@pass_project
@click.pass_context
def reconcile(
    ctx: click.Context, project: Project, models: tuple[str, ...], levels: tuple[str, ...], output_format: str
) -> None:
    """Compare what was delivered with what is in the marts, and record the figures in the ledger.

    Takes every model that has meta.onerow.source, or only each MODEL. `counts` compares rows and natural keys of the
    landing table with those of the mart; `accounting` compares what was recorded of each batch with what can be
    counted. Batches that are still to be loaded are shown and are no difference.

    Exit codes: 0 all equal, 1 something could not be read, 2 wrong use, 3 differences were found.
    """
    marts = find_marts(project, models)
    wanted = tuple(level for level in LEVELS if level in levels) or LEVELS
    with project.connect("onerow reconcile") as connection:
        with Console(stderr=True).status(f"Comparing {', '.join(mart.name for mart in marts)}"):
            see_batches(project, connection, [mart.source for mart in marts])
            report = job.reconcile(project, connection, marts, wanted)
        print_result(output_format, report.to_json(), render(report))
        job.record(connection, project.ledger_schema, report)
    if report.status != OK:
        ctx.exit(DIFFERENCES_FOUND)
