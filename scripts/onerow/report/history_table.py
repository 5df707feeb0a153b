"""The history of reconciliations as tables for the terminal."""

from collections.abc import Iterable

from rich.console import Group, RenderableType
from rich.text import Text

from onerow import terminal
from onerow.reconcile.report import OK
from onerow.report.history import MartHistory
from onerow.report.runs import Run, row_changes, trend
from onerow.report.shown import count, signed, when, words
from onerow.terminal import counted


def render(histories: list[MartHistory]) -> RenderableType:
    """Return the history of each mart as something that rich prints."""
    parts: list[RenderableType] = []
    for history in histories:
        parts += [*_mart(history), Text()]
    return Group(*parts[:-1])


def _mart(history: MartHistory) -> Iterable[RenderableType]:
    if not history.runs:
        yield Text.assemble((history.model, "bold"), ("  not reconciled yet", "dim"))
        return
    of_runs = trend(history.runs)
    is_equal = history.runs[0].status == OK
    said = f"equal in {of_runs.equal_runs:,} of {counted(of_runs.runs, 'run')}"
    if of_runs.rows_per_run is not None:
        said += f", median change {signed(of_runs.rows_per_run)} rows a run"
    yield Text.assemble(
        (history.model, "bold"),
        "  ",
        ("all equal" if is_equal else "DIFFERENCES", "bold green" if is_equal else "bold red"),
        f" since {when(of_runs.since)}",
    )
    yield Text(said, "dim")
    yield Text()
    table = terminal.table()
    table.add_column("run", no_wrap=True)
    table.add_column("verdict")
    for name in ("source", "mart", "change"):
        table.add_column(name, justify="right")
    table.add_column("what differed")
    for run, change in zip(history.runs, row_changes(history.runs), strict=True):
        rows = run.figure("rows")
        table.add_row(
            when(run.reconciled_at),
            Text("equal", "green") if run.status == OK else Text("differs", "red"),
            count(rows.source) if rows else "",
            count(rows.destination) if rows else "",
            signed(change),
            _differing(run),
        )
    yield table


def _differing(run: Run) -> str:
    return ", ".join(
        words(figure.name) + (f" ({counted(figure.differing_windows, 'window')})" if figure.differing_windows else "")
        for figure in run.differing
    )
