"""onerow plan: what would the next load do?"""

from datetime import datetime
from pathlib import Path

import click
from rich.console import Console

from onerow.commands.options import Timestamp, pass_format, pass_project
from onerow.commands.output import DIFFERENCES_FOUND, print_result
from onerow.landing.delivery import Delivery
from onerow.plan import plan as job
from onerow.plan.report import OUTCOMES, REJECTS
from onerow.plan.table import render
from onerow.project.project import Project
from onerow.reconcile.marts import find_marts


@click.command(epilog="Example: onerow plan devices --outcome modified")
@click.argument("models", nargs=-1, metavar="[MODEL]...")
@click.option("--source", help="Plan the models of this source; with --file, whose file it is.")
@click.option("--file", type=click.Path(path_type=Path), help="Plan as if this file had landed. It does not land.")
@click.option("--batch-id", help="As for `onerow land`.")
@click.option("--window", nargs=2, type=Timestamp(), metavar="START END", help="As for `onerow land`.")
@click.option("--extracted-at", type=Timestamp(), help="As for `onerow land`.")
@click.option("--rows", "shows_rows", is_flag=True, help="Show rows too: key, outcome, what changes, why refused.")
@click.option(
    "--outcome", "outcomes", multiple=True, type=click.Choice(OUTCOMES), help="Show rows of this outcome only."
)
@click.option(
    "--limit", type=click.IntRange(min=1), default=20, show_default=True, help="How many rows of a model to show."
)
@click.option("--strict", is_flag=True, help="End with 3 if something is refused.")
@pass_format
@pass_project
@click.pass_context
def plan(
    ctx: click.Context,
    project: Project,
    *,
    models: tuple[str, ...],
    source: str | None,
    file: Path | None,
    batch_id: str | None,
    window: tuple[datetime, datetime] | None,
    extracted_at: datetime | None,
    shows_rows: bool,
    outcomes: tuple[str, ...],
    limit: int,
    strict: bool,
    output_format: str,
) -> None:
    """Show what the next load would do with each row that waits, and change nothing.

    Takes every model that has meta.onerow.source, or only each MODEL. With --file the file's rows are planned with
    those that wait, as if it had landed.

    Exit codes: 0 planned, 1 something broke, as the load would, 2 wrong use, 3 with --strict: rows, lines or a whole
    batch would be refused.
    """
    if file is None and (batch_id or window or extracted_at):
        raise click.UsageError("--batch-id, --window and --extracted-at say something of a --file")
    if window is not None and window[0] >= window[1]:
        raise click.BadParameter(f"{window[0]} is not before {window[1]}", param_hint="--window")
    marts = find_marts(project, models)
    if source is not None:
        marts = [mart for mart in marts if mart.source == project.source(source)]
        if not marts:
            raise click.UsageError(f"none of the models loads {source}")
    sources = sorted({mart.source.name for mart in marts})
    if file is not None and len(sources) > 1:
        raise click.UsageError(f"whose file is it? Say one of: {', '.join(f'--source {name}' for name in sources)}")

    with Console(stderr=True).status(f"Planning {', '.join(mart.name for mart in marts)}"):
        planned = job.plan(
            project,
            marts,
            file=file,
            delivery=Delivery(batch_id, window, extracted_at),
            rows=limit if shows_rows or outcomes else None,
            outcomes=outcomes,
        )
    print_result(output_format, planned.to_json(), render(planned))
    if strict and planned.status == REJECTS:
        ctx.exit(DIFFERENCES_FOUND)
