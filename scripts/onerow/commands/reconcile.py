"""onerow reconcile: is what was delivered what is in the marts?"""

from pathlib import Path

import click

from onerow.commands.comparison import pass_comparison
from onerow.commands.options import WebAddress, pass_project
from onerow.commands.output import DIFFERENCES_FOUND
from onerow.commands.reconciled import FORMATS, TABLE, compare_sides, reconcile_marts
from onerow.project.project import Project
from onerow.reconcile import compare
from onerow.reconcile.marts import find_marts, has_values
from onerow.reconcile.report import OK
from onerow.reconcile.request import Comparison, Means
from onerow.reconcile.rules import LEVELS


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
@click.option(
    "--format",
    "report_format",
    type=click.Choice(FORMATS),
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
    comparison: Comparison | None,
    means: Means,
    report_format: str,
    output: Path | None,
    notify_url: str | None,
) -> None:
    """Compare what was delivered with what is in the marts, and record the figures in the ledger.

    Takes every model that has meta.onerow.source, or only each MODEL. `counts` compares rows and natural keys of the
    landing table with those of the mart, also per window; `growth` with those of the last run; `windows` looks for gaps
    and for batches that nobody has loaded; `accounting` compares what was recorded of each batch with what can be
    counted; `schema` the mart's columns with those declared; `rows` values, by meta.onerow.reconcile.
    Batches that are still to be loaded are shown and are no difference. `onerow reconcile history` shows earlier runs.

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
        report = compare_sides(project, comparison, wanted, means, report_format, output)
    else:
        marts = find_marts(project, models)
        if "rows" in levels and (lacking := [mart.name for mart in marts if not has_values(mart)]):
            raise click.UsageError(
                "--level rows needs columns to compare, or a source to compare with, in meta.onerow.reconcile; these "
                f"have none: {', '.join(lacking)}"
            )
        report = reconcile_marts(project, marts, wanted, means, report_format, output, notify_url)
    if report.status != OK:
        ctx.exit(DIFFERENCES_FOUND)
