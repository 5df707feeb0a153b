"""onerow reconcile: is what was delivered what is in the marts?"""

import click
from rich.console import Console

from onerow.commands.comparison import pass_comparison
from onerow.commands.options import pass_format, pass_project
from onerow.commands.output import print_result
from onerow.ledger.setup import see_batches
from onerow.project.marts import Mart
from onerow.project.project import Project
from onerow.reconcile import compare
from onerow.reconcile import reconcile as job
from onerow.reconcile.marts import find_marts
from onerow.reconcile.report import OK, Report
from onerow.reconcile.request import Comparison, Means
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
@pass_comparison
@pass_format
@pass_project
@click.pass_context
def reconcile(
    ctx: click.Context,
    project: Project,
    models: tuple[str, ...],
    levels: tuple[str, ...],
    comparison: Comparison | None,
    means: Means,
    output_format: str,
) -> None:
    """Compare what was delivered with what is in the marts, and record the figures in the ledger.

    Takes every model that has meta.onerow.source, or only each MODEL. `counts` compares rows and natural keys of the
    landing table with those of the mart, also per window; `growth` with those of the last run; `windows` looks for gaps
    and for batches that nobody has loaded; `accounting` compares what was recorded of each batch with what can be
    counted; `schema` the mart's columns with those declared; `rows` each value with meta.onerow.reconcile.source.
    Batches that are still to be loaded are shown and are no difference.

    With --source, --destination and --key it compares any two files or relations instead, of one database or of two, on
    the levels counts, rows and schema. Nothing of that is recorded.

    Exit codes: 0 all equal, 1 something could not be read, 2 wrong use, 3 differences were found.
    """
    if comparison is not None and models:
        raise click.UsageError("either models, or --source with --destination")
    known = LEVELS if comparison is None else compare.LEVELS
    if unknown := [level for level in levels if level not in known]:
        raise click.UsageError(f"--level {unknown[0]} is not one of {', '.join(known)} here")
    wanted = tuple(level for level in known if level in levels) or known
    if comparison is not None:
        with Console(stderr=True).status(f"Comparing {comparison.source} with {comparison.destination}"):
            report = compare.compare(project, comparison, wanted, means)
        print_result(output_format, report.to_json(), render(report))
    else:
        marts = find_marts(project, models)
        lacking = [mart.name for mart in marts if not mart.reconcile.get("source")]
        if "rows" in levels and lacking:
            raise click.UsageError(
                f"--level rows needs meta.onerow.reconcile.source, and these have none: {', '.join(lacking)}"
            )
        report = _reconcile_marts(project, marts, wanted, means, output_format)
    if report.status != OK:
        ctx.exit(DIFFERENCES_FOUND)


def _reconcile_marts(
    project: Project, marts: list[Mart], levels: tuple[str, ...], means: Means, output_format: str
) -> Report:
    with project.connect("onerow reconcile") as connection:
        with Console(stderr=True).status(f"Comparing {', '.join(mart.name for mart in marts)}"):
            see_batches(project, connection, [mart.source for mart in marts])
            report = job.reconcile(project, connection, marts, levels, means)
        print_result(output_format, report.to_json(), render(report))
        job.record(connection, project.ledger_schema, report)
    return report
