"""onerow land: deliver files, each exactly once."""

from collections.abc import Callable, Iterable
from contextlib import ExitStack
from datetime import datetime
from typing import Any

import click
import rich.progress
from rich.console import Console
from rich.table import Table
from rich.text import Text

from onerow.commands.options import Timestamp, pass_format, pass_project
from onerow.commands.output import print_result
from onerow.landing.delivered_file import STANDARD_INPUT, expand
from onerow.landing.delivery import Delivery, Landed, Refused
from onerow.landing.land import land_files
from onerow.project.project import Project

# Files smaller than this are landed before a progress bar could be read. In bytes on disk.
_LONG_FILE = 16 * 1024 * 1024


@click.command(epilog='Example: onerow land devices "inbox/*.csv.gz"')
@click.argument("source")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--batch-id", help="The sender's name for this batch; the sha256 of the content by default.")
@click.option(
    "--input-format",
    type=click.Choice(["csv", "jsonl"]),
    help="Format of standard input; the name of a file tells its own.",
)
@click.option(
    "--window",
    nargs=2,
    type=Timestamp(),
    metavar="START END",
    help="Period [START, END) that the file delivers completely, in ISO 8601; UTC where no zone is given.",
)
@click.option("--extracted-at", type=Timestamp(), help="When the sender took the rows, in ISO 8601; now by default.")
@click.option(
    "--on-new-column",
    type=click.Choice(["keep", "refuse"]),
    default="keep",
    show_default=True,
    help="Keep columns that the contract does not know beside the row, or refuse the file.",
)
@pass_format
@pass_project
@click.pass_context
def land(
    ctx: click.Context,
    project: Project,
    *,
    source: str,
    files: tuple[str, ...],
    batch_id: str | None,
    input_format: str | None,
    window: tuple[datetime, datetime] | None,
    extracted_at: datetime | None,
    on_new_column: str,
    output_format: str,
) -> None:
    """Land each FILE as a batch of SOURCE, exactly once.

    Reads CSV (.csv) and JSON Lines (.jsonl, .ndjson), each also with .gz or .zst, and Parquet (.parquet). A quoted
    pattern such as "inbox/*.csv" is expanded. A file that has landed before is a success and writes nothing. A
    malformed line becomes a dead letter; a file that is broken as a whole lands nothing, and the others still land.

    `-` is standard input, which needs --batch-id and --input-format. It lands when it has ended.

    Exit codes: 0 every file has landed, 1 something was refused or broke, 2 wrong use.
    """
    expanded = expand(files)
    if batch_id is not None and not batch_id.strip():
        raise click.BadParameter("it is empty", param_hint="--batch-id")
    if batch_id is not None and len(expanded) > 1:
        raise click.UsageError(f"--batch-id names one batch, but there are {len(expanded)} files")
    if STANDARD_INPUT in expanded and not (batch_id and input_format):
        raise click.UsageError("standard input has no name: it needs --batch-id and --input-format")
    if STANDARD_INPUT not in expanded and input_format:
        raise click.UsageError("--input-format is for standard input (-); the name of a file tells its format")
    if window is not None and window[0] >= window[1]:
        raise click.BadParameter(f"{window[0]} is not before {window[1]}", param_hint="--window")

    delivery = Delivery(batch_id, window, extracted_at, input_format, on_new_column)
    with ExitStack() as shown:
        outcomes = list(land_files(project, source, expanded, delivery, _show_progress(shown)))

    print_result(output_format, [_to_json(outcome) for outcome in outcomes], _table(outcomes))
    if output_format == "table":
        for note in _notes(source, outcomes):
            click.echo(note)
    refused = [outcome for outcome in outcomes if isinstance(outcome, Refused)]
    for outcome in refused:
        click.echo(f"onerow: {outcome.error}", err=True)
    if refused:
        ctx.exit(max(outcome.error.exit_code for outcome in refused))


def _show_progress(shown: ExitStack) -> Callable[[str, str, int, int], None]:
    """Return what shows the progress of long files, a bar a file and step, until `shown` is closed."""
    bars = rich.progress.Progress(
        rich.progress.TextColumn("{task.description}", markup=False),
        rich.progress.BarColumn(),
        rich.progress.DownloadColumn(),
        rich.progress.TransferSpeedColumn(),
        rich.progress.TimeRemainingColumn(),
        console=Console(stderr=True),
    )
    tasks: dict[tuple[str, str], rich.progress.TaskID] = {}

    def show(file: str, step: str, done_bytes: int, size_bytes: int) -> None:
        if size_bytes < _LONG_FILE:
            return
        if not tasks:
            shown.enter_context(bars)
        if (file, step) not in tasks:
            tasks[file, step] = bars.add_task(f"{step} {file}", total=size_bytes)
        bars.update(tasks[file, step], completed=done_bytes)

    return show


def _table(outcomes: Iterable[Landed | Refused]) -> Table:
    table = Table()
    table.add_column("file", overflow="fold")
    table.add_column("batch", justify="right")
    table.add_column("rows", justify="right")
    table.add_column("dead letters", justify="right")
    table.add_column("result", no_wrap=True)
    for outcome in outcomes:
        if isinstance(outcome, Refused):
            table.add_row(Text(outcome.file), "", "", "", Text("refused", "bold red"))
            continue
        result = f"already landed as batch {outcome.batch_no}" if outcome.already_landed else "landed"
        if outcome.quarantined:
            result += ", quarantined"
        table.add_row(
            Text(outcome.file),
            str(outcome.batch_no),
            f"{outcome.row_count:,}",
            Text(f"{outcome.rejected_count:,}", "yellow" if outcome.rejected_count else ""),
            result,
        )
    return table


def _notes(source: str, outcomes: Iterable[Landed | Refused]) -> Iterable[str]:
    """Yield what the sender should know beyond the figures."""
    for outcome in outcomes:
        if isinstance(outcome, Refused):
            continue
        if outcome.unexpected_columns:
            yield f"{outcome.file}: new columns, kept in _unexpected: {', '.join(outcome.unexpected_columns)}"
        if outcome.missing_columns:
            yield f"{outcome.file}: missing columns, landed as NULL: {', '.join(outcome.missing_columns)}"
        if outcome.retyped_columns:
            columns = ", ".join(outcome.retyped_columns)
            yield f"{outcome.file}: retyped columns, no value has the type of the contract: {columns}"
        if outcome.already_landed and outcome.batch_id == outcome.content_sha256:
            yield (
                f"{outcome.file}: the content decided. If it is a new delivery, give it an id of its own: "
                f"onerow land {source} {outcome.file} --batch-id NEW_ID"
            )


def _to_json(outcome: Landed | Refused) -> dict[str, Any]:
    """Return the outcome of one file; the names are the same whatever became of it."""
    refused = isinstance(outcome, Refused)
    landed = None if refused else outcome
    return {
        "file": outcome.file,
        "result": "refused" if refused else "already_landed" if landed.already_landed else "landed",
        "batch_no": landed and landed.batch_no,
        "batch_id": landed and landed.batch_id,
        "content_sha256": landed and landed.content_sha256,
        "row_count": landed and landed.row_count,
        "rejected_count": landed and landed.rejected_count,
        "quarantined": bool(landed and landed.quarantined),
        "unexpected_columns": list(landed.unexpected_columns) if landed else [],
        "missing_columns": list(landed.missing_columns) if landed else [],
        "retyped_columns": list(landed.retyped_columns) if landed else [],
        "error": str(outcome.error) if refused else None,
    }
