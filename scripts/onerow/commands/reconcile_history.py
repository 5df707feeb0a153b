"""onerow reconcile history: what the last runs said of the marts."""

import click

from onerow.commands.options import pass_format, pass_project
from onerow.commands.output import print_result
from onerow.project.project import Project
from onerow.reconcile.marts import find_marts
from onerow.report.history import read_history
from onerow.report.history_table import render


@click.command(epilog="Example: onerow reconcile history devices --last 5")
@click.argument("models", nargs=-1, metavar="[MODEL]...")
@click.option(
    "--last",
    type=click.IntRange(min=1),
    default=10,
    show_default=True,
    help="How many runs of each mart, the newest.",
)
@pass_format
@pass_project
def reconcile_history(project: Project, models: tuple[str, ...], last: int, output_format: str) -> None:
    """Show the last runs of `onerow reconcile`: verdict, rows, what differed, and the trend.

    Reads the ledger and compares nothing, so the exit code says nothing of differences. A model whose name is `history`
    is reconciled by `onerow reconcile -- history`.
    """
    marts = find_marts(project, models)
    with project.connect("onerow reconcile history") as connection:
        histories = read_history(project, connection, marts, last)
    print_result(output_format, {"marts": [history.to_json() for history in histories]}, render(histories))
