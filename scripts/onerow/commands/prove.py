"""onerow prove: does a model come out the same, however its batches are loaded?"""

import shlex
import signal
import sys
import threading
from datetime import datetime
from pathlib import Path
from types import FrameType
from typing import Any

import click

from onerow.commands.options import Timestamp, pass_format, pass_project
from onerow.commands.output import DIFFERENCES_FOUND, print_result
from onerow.landing.delivered_file import expand
from onerow.project.project import Project
from onerow.prove import prove as job
from onerow.prove.guarantees import GUARANTEES
from onerow.prove.html import page
from onerow.prove.report import FAILED, NOT_TRIED
from onerow.prove.table import render
from onerow.report.output_file import require_folder, write_output

_EXIT_CODES = {FAILED: DIFFERENCES_FOUND, NOT_TRIED: 1}
# Of an option that decides what is tried, and so belongs to the command that tries it again.
_TOLD_AGAIN = (
    *("project_dir", "profiles_dir", "target", "files", "windows", "source", "batch_column", "source_holds", "key"),
    *("ignored", "window_column", "runs", "seed", "max_batches", "max_rows", "with_hooks"),
)


@click.command(epilog="Example: onerow prove devices --only any_order --html proof.html")
@click.argument("models", nargs=-1, required=True, metavar="MODEL...")
@click.option(
    "--file", "files", multiple=True, help="Deliver this file as a batch, in the order given; a glob is several."
)
@click.option(
    "--window",
    "windows",
    nargs=2,
    multiple=True,
    type=Timestamp(),
    metavar="START END",
    help="Half-open period that a --file delivers completely; one for each file, in their order.",
)
@click.option("--source", metavar="NAME", help="Source whose batches are tried, of a model that reads several.")
@click.option(
    "--batch-column", metavar="COLUMN", help="Column of the source table whose every value is a batch, in their order."
)
@click.option(
    "--source-holds",
    type=click.Choice(["all", "batch"]),
    default="all",
    show_default=True,
    help="Whether the source table holds all that was delivered, or the last batch only.",
)
@click.option("--key", multiple=True, metavar="COLUMN", help="Column of the key; unique_key of the model by default.")
@click.option("--ignore", "ignored", multiple=True, metavar="COLUMN", help="Column of the model that is not compared.")
@click.option("--window-column", metavar="COLUMN", help="Time column of the source by which windows are cut.")
@click.option(
    "--only",
    multiple=True,
    type=click.Choice([guarantee.name for guarantee in GUARANTEES]),
    help="Try this guarantee only; may be given more than once.",
)
@click.option("--runs", type=click.IntRange(2, 20), default=3, show_default=True, help="How many runs at once.")
@click.option("--seed", type=int, default=1, show_default=True, help="Decides orders and points of kills.")
@click.option(
    "--max-batches", type=click.IntRange(1), default=4, show_default=True, help="Take so many of the last batches."
)
@click.option(
    "--max-rows", type=click.IntRange(1), default=10_000, show_default=True, help="Take about so many rows, by key."
)
@click.option(
    "--time-limit", type=click.IntRange(1), default=600, show_default=True, metavar="SECONDS", help="Stop after this."
)
@click.option("--no-search", is_flag=True, help="Do not look for the smallest example.")
@click.option("--with-hooks", is_flag=True, help="Run the models' own hooks; what they write is not looked after.")
@click.option("--html", type=click.Path(path_type=Path, dir_okay=False), help="Write the report to this file, too.")
@pass_format
@pass_project
@click.pass_context
def prove(
    ctx: click.Context,
    project: Project,
    *,
    models: tuple[str, ...],
    files: tuple[str, ...],
    windows: tuple[tuple[datetime, datetime], ...],
    source_holds: str,
    no_search: bool,
    html: Path | None,
    output_format: str,
    **asked: Any,
) -> None:
    """Try whether each MODEL comes out the same however its batches are loaded, and show what does not.

    Loads the model's own batches again and again with dbt: twice, all in one load, in other orders, in overlapping
    windows, several runs at once, killed half way, as a full refresh. All of it happens in schemas of its own, which
    are gone at the end; the project's tables are read and not written.

    Exit codes: 0 all that could be tried holds, 1 something broke or the time limit came first, 2 wrong use, 3 a
    guarantee does not hold.
    """
    if html:
        require_folder(html)
    delivered = tuple(expand(files))
    if windows and len(windows) != len(delivered):
        raise click.UsageError(f"--window is given {len(windows)} times for {len(delivered)} files: one for each")
    if wrong := [start for start, end in windows if start >= end]:
        raise click.UsageError(f"--window begins with {wrong[0]} and does not end after it")
    given = {name: value for name, value in ctx.params.items() if name in _TOLD_AGAIN}
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, _interrupt)
    proof = job.prove(
        project,
        models,
        job.Asked(files=delivered, windows=windows, holds_all=source_holds == "all", searches=not no_search, **asked),
        lambda model, guarantee: _command(ctx, model, guarantee, given),
        _tell,
    )
    if html:
        write_output(html, page(proof))
    print_result(output_format, proof.to_json(), render(proof))
    ctx.exit(_EXIT_CODES.get(proof.status, 0))


def _interrupt(number: int, frame: FrameType | None) -> None:
    """End on SIGTERM as on Ctrl-C, so that what was made is removed."""
    raise KeyboardInterrupt


def _tell(text: str) -> None:
    """Say on stderr what is being done; a plain line, because a spinner's thread and forked processes do not mix."""
    if sys.stderr.isatty():
        click.echo(text, err=True)


def _command(ctx: click.Context, model: str, guarantee: str, given: dict[str, Any]) -> str:
    """Return the command that tries a guarantee of a model again."""
    words = ["onerow", "prove", model, "--only", guarantee]
    for option in ctx.command.params:
        value = given.get(option.name or "")
        if not isinstance(option, click.Option) or value in (None, (), option.get_default(ctx)):
            continue
        if option.is_flag:
            words.append(option.opts[0])
            continue
        for each in value if option.multiple else [value]:
            parts = [part.isoformat() for part in each] if option.nargs > 1 else [str(each)]
            words += [option.opts[0], *parts]
    return shlex.join(words)
