"""onerow dead-letters: what was refused, delivered again when it is right, or given up with a reason."""

import json
from collections.abc import Iterator
from pathlib import Path

import click

from onerow.commands.options import pass_format, pass_project
from onerow.commands.output import print_json, print_result
from onerow.dead_letters.corrections import export_letters
from onerow.dead_letters.discard import discard_letters
from onerow.dead_letters.letters import DISCARDED, OPEN, REPLAYED, Chosen
from onerow.dead_letters.read import count_letters, show_letters
from onerow.dead_letters.replay import Replayed, replay_file, replay_letters
from onerow.dead_letters.table import render_counts, render_page
from onerow.ledger.setup import connected_to_ledger
from onerow.project.project import Project

_NUMBER = click.IntRange(min=1)
_source = click.argument("source")
_batch_no = click.argument("batch_no", metavar="BATCH_NO", type=_NUMBER)
_any_batch_no = click.argument("batch_no", metavar="[BATCH_NO]", type=_NUMBER, required=False)
_lines = click.argument("lines", metavar="[LINE]...", type=_NUMBER, nargs=-1)


@click.group()
def dead_letters() -> None:
    """Show refused rows and lines, and deliver them again.

    A dead letter is named by SOURCE, BATCH_NO and LINE, as `list` and `show` print them. Times are UTC.
    """


@dead_letters.command("list", epilog="Example: onerow dead-letters list devices --status open")
@click.argument("source", required=False)
@click.option("--status", type=click.Choice([OPEN, REPLAYED, DISCARDED]), help="Only letters of this status.")
@pass_format
@pass_project
def list_(project: Project, source: str | None, status: str | None, output_format: str) -> None:
    """Count dead letters by batch, reason and status.

    Those of SOURCE, or of all sources. A letter with two reasons counts in both.
    """
    with connected_to_ledger(project, "onerow dead-letters") as connection:
        counts = count_letters(project, connection, source, status)
    print_result(output_format, [vars(count) for count in counts.by_reason], render_counts(counts))


@dead_letters.command(epilog="Example: onerow dead-letters show devices 1")
@_source
@_batch_no
@_lines
@click.option("--limit", type=_NUMBER, default=20, show_default=True, help="How many letters at most.")
@pass_format
@pass_project
def show(
    project: Project, *, source: str, batch_no: int, lines: tuple[int, ...], limit: int, output_format: str
) -> None:
    """Show dead letters of a batch.

    What was delivered, why it was refused, what to do, and what became of it before and since.
    """
    with connected_to_ledger(project, "onerow dead-letters") as connection:
        page = show_letters(project, connection, Chosen(source, batch_no, lines), limit)
    print_result(output_format, [letter.to_json() for letter in page.letters], render_page(page))


@dead_letters.command(epilog="Example: onerow dead-letters export devices > corrected.jsonl")
@_source
@_any_batch_no
@_lines
@pass_project
def export(project: Project, source: str, batch_no: int | None, lines: tuple[int, ...]) -> None:
    """Print open dead letters as JSON Lines to be corrected.

    Beside the fields of each stand its batch and line, its reasons, and the raw text of a line that could not be read.
    Edit the values, remove the lines that are to stay open, and replay the file.
    """
    with connected_to_ledger(project, "onerow dead-letters") as connection:
        for letter in export_letters(project, connection, Chosen(source, batch_no, lines)):
            click.echo(json.dumps(letter, ensure_ascii=False))


@dead_letters.command(epilog="Example: onerow dead-letters replay devices --file corrected.jsonl")
@_source
@_any_batch_no
@_lines
@click.option(
    "--file",
    type=click.Path(path_type=Path),
    help="Corrected rows as JSON Lines or CSV, with the columns _batch_no and _line_number.",
)
@pass_format
@pass_project
def replay(
    project: Project,
    *,
    source: str,
    batch_no: int | None,
    lines: tuple[int, ...],
    file: Path | None,
    output_format: str,
) -> None:
    """Deliver dead letters again, exactly once.

    The rows of FILE, or without one the open letters as they were delivered, such as after a change of the rules. They
    land as a batch of their own for each batch that they are of, under its time of extraction, and the next load takes
    them. Replaying the same again is a success that writes nothing.
    """
    if file is not None and batch_no is not None:
        raise click.UsageError("--file names the letters: give it without BATCH_NO")
    with connected_to_ledger(project, "onerow dead-letters") as connection:
        if file is not None:
            replayed = replay_file(project, connection, source, file)
        else:
            replayed = replay_letters(project, connection, Chosen(source, batch_no, lines))
    if output_format == "json":
        print_json(replayed.to_json())
        return
    for line in _said(replayed):
        click.echo(line)


@dead_letters.command(epilog='Example: onerow dead-letters discard devices 1 --reason "test devices"')
@_source
@_batch_no
@_lines
@click.option("--reason", required=True, help="Why, for those who look at the letters later.")
@pass_format
@pass_project
def discard(
    project: Project, *, source: str, batch_no: int, lines: tuple[int, ...], reason: str, output_format: str
) -> None:
    """Give open dead letters of a batch up.

    They are marked, with who did so, when and why, and never deleted. No load takes their rows.
    """
    if not reason.strip():
        raise click.BadParameter("it is empty", param_hint="--reason")
    with connected_to_ledger(project, "onerow dead-letters") as connection:
        result = discard_letters(project, connection, Chosen(source, batch_no, lines), reason)
    if output_format == "json":
        print_json(result.to_json())
        return
    if result.discarded:
        click.echo(f"{_letters(result.discarded)} of batch {batch_no} of {source} discarded.")
    else:
        before = f": {_letters(result.already_discarded)} had been before" if result.already_discarded else ""
        click.echo(f"No open dead letter of batch {batch_no} of {source} to discard{before}.")


def _said(replayed: Replayed) -> Iterator[str]:
    """Yield what a replay did, and what it left."""
    for batch in replayed.batches:
        letters = _letters(batch.row_count)
        yield f"Batch {batch.batch_no} of {replayed.source} delivers {letters} of batch {batch.replay_of} again."
    if not replayed.batches:
        yield f"No open dead letter of {replayed.source} to replay; nothing was written."
    if replayed.already_replayed:
        yield f"{_letters(replayed.already_replayed)} had been replayed before."
    if replayed.left_open:
        yield (
            f"{_letters(replayed.left_open)} stay open, because they are no rows. To correct them: "
            f"onerow dead-letters export {replayed.source}"
        )
    if replayed.batches:
        yield "The next load takes them: dbt run"


def _letters(count: int) -> str:
    return f"{count:,} dead letter{'' if count == 1 else 's'}"
