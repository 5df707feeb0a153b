"""onerow batches: what became of each delivered batch, and keeping a wrong one from the marts."""

from collections.abc import Iterator

import click

from onerow.batches.read import list_batches, show_batch
from onerow.batches.standing import Standing, replay_command
from onerow.batches.table import render_account, render_page
from onerow.batches.withhold import Changed, quarantine_batch, release_batch
from onerow.commands.options import pass_format, pass_project
from onerow.commands.output import print_json, print_result
from onerow.ledger.setup import connected_to_ledger
from onerow.project.project import Project
from onerow.terminal import printable

_batch_no = click.argument("batch_no", metavar="BATCH_NO", type=click.IntRange(min=1))


@click.group()
def batches() -> None:
    """Show delivered batches, and keep a wrong one from the marts.

    BATCH_NO is the number that `onerow land` gave the batch. Times are UTC.
    """


@batches.command("list", epilog="Example: onerow batches list devices --limit 5")
@click.argument("source", required=False)
@click.option("--limit", type=click.IntRange(min=1), default=20, show_default=True, help="How many batches at most.")
@pass_format
@pass_project
def list_(project: Project, source: str | None, limit: int, output_format: str) -> None:
    """List batches, newest first.

    Those of SOURCE, or of all sources.
    """
    with connected_to_ledger(project, "onerow batches") as connection:
        page = list_batches(project, connection, source, limit)
    print_result(output_format, [standing.to_json() for standing in page.standings], render_page(page))


@batches.command(epilog="Example: onerow batches show 1")
@_batch_no
@pass_format
@pass_project
def show(project: Project, batch_no: int, output_format: str) -> None:
    """Show what became of a batch.

    Which marts have loaded it and with which outcomes, its dead letters by reason, the columns that it changed, and why
    it is quarantined.
    """
    with connected_to_ledger(project, "onerow batches") as connection:
        account = show_batch(project, connection, batch_no)
    print_result(output_format, account.to_json(), render_account(account))


@batches.command(epilog='Example: onerow batches quarantine 1 --reason "amounts in cents"')
@_batch_no
@click.option("--reason", help="Why, for those who look at the batch later.")
@pass_format
@pass_project
def quarantine(project: Project, batch_no: int, reason: str | None, output_format: str) -> None:
    """Keep a batch from the marts.

    Marts that have not consumed it do not load it any more; those that have are named, with the command that builds
    them anew without it. Loads that have claimed the batch and are still running are waited for.
    """
    with connected_to_ledger(project, "onerow batches") as connection:
        result = quarantine_batch(project, connection, batch_no, reason)
    replay = replay_command(result.standing.consumed_by, project.target) if result.standing.consumed_by else None
    if output_format == "json":
        print_json({**result.to_json(), "replay_command": replay})
        return
    click.echo(_quarantined(result, reason))
    for line in _consumers(result.standing, replay):
        click.echo(line)


@batches.command(epilog="Example: onerow batches release 1")
@_batch_no
@pass_format
@pass_project
def release(project: Project, batch_no: int, output_format: str) -> None:
    """Let a quarantined batch load.

    The next load takes it as it is: its rejected rows stay dead letters, and its window is applied although it has
    some.
    """
    with connected_to_ledger(project, "onerow batches") as connection:
        result = release_batch(project, connection, batch_no)
    if output_format == "json":
        print_json(result.to_json())
        return
    standing = result.standing
    name = _name(standing)
    click.echo(f"{name} is released." if result.changed else f"{name} is not quarantined; nothing to release.")
    if standing.missing_in:
        marts = [mart.name for mart in standing.missing_in]
        click.echo(f"The next load of {', '.join(marts)} takes it: dbt run --select {' '.join(f'+{m}' for m in marts)}")


def _quarantined(result: Changed, reason: str | None) -> str:
    name, batch = _name(result.standing), result.standing.batch
    if result.changed:
        return f"{name} is quarantined: no further mart loads it. To let it go: onerow batches release {batch.batch_no}"
    because = f": {printable(batch.quarantine_reason)}" if batch.quarantine_reason else ""
    kept = ". It keeps that reason" if reason and batch.quarantine_reason else ""
    return f"{name} has been quarantined since {batch.quarantined_at:%Y-%m-%d %H:%M}{because}{kept}"


def _consumers(standing: Standing, replay: str | None) -> Iterator[str]:
    """Yield what has consumed the batch, and how to build it anew without it."""
    if replay:
        names = ", ".join(mart.name for mart in standing.consumed_by)
        yield f"Already consumed by {names}. To build anew without it: {replay}"
    if standing.consumed_elsewhere:
        names = ", ".join(each.relation for each in standing.consumed_elsewhere)
        yield f"Already consumed by {names}, which this target does not build: full-refresh it with its own target"
    if not replay and not standing.consumed_elsewhere:
        yield "No mart has consumed it."


def _name(standing: Standing) -> str:
    return f"Batch {standing.batch.batch_no} of {standing.batch.source}"
