"""Earlier runs of `onerow reconcile`, as the ledger has them, and what a run says of the marts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from statistics import median
from uuid import UUID

from onerow.reconcile.report import DIFFERENCE, INFO, OK, MartResult, Report


@dataclass(frozen=True)
class RunFigure:
    """A compared figure of a run: both sides of the whole, and the number of windows in which it differed."""

    level: str
    name: str
    source: int | None
    destination: int | None
    is_difference: bool
    differing_windows: int


@dataclass(frozen=True)
class Run:
    """What one run found of one mart."""

    run_id: UUID
    reconciled_at: datetime
    figures: tuple[RunFigure, ...]

    @property
    def status(self) -> str:
        """Difference if any figure had one, of the whole or in a window."""
        return DIFFERENCE if self.differing else OK

    @property
    def differing(self) -> list[RunFigure]:
        """The figures that differed."""
        return [figure for figure in self.figures if figure.is_difference]

    @property
    def levels(self) -> list[str]:
        """The levels that were compared."""
        return sorted({figure.level for figure in self.figures})

    def figure(self, name: str, level: str = "counts") -> RunFigure | None:
        """Return a figure, or None where the run did not compare it."""
        return next((each for each in self.figures if (each.level, each.name) == (level, name)), None)


@dataclass(frozen=True)
class Trend:
    """What several runs say together. `since` is the oldest run of the present verdict, without another one between.

    `rows_per_run` is the median change of the mart's rows from one run to the next; None with fewer than two runs.
    """

    runs: int
    equal_runs: int
    since: datetime
    rows_per_run: float | None


def run_of(report: Report, mart: MartResult) -> Run:
    """Return what this report says of a mart as the run that it will be in the ledger."""
    figures = []
    for level in mart.levels:
        for name in dict.fromkeys(figure.name for figure in level.figures if figure.status != INFO):
            of_name = [figure for figure in level.figures if figure.name == name]
            whole = next((figure for figure in of_name if figure.window_start is None), None)
            differing = [figure for figure in of_name if figure.status == DIFFERENCE]
            figures.append(
                RunFigure(
                    level.level,
                    name,
                    whole and whole.source,
                    whole and whole.destination,
                    bool(differing),
                    sum(figure.window_start is not None for figure in differing),
                )
            )
    return Run(report.run_id, report.reconciled_at, tuple(figures))


def trend(runs: Sequence[Run]) -> Trend:
    """Return the trend of at least one run, the newest first."""
    since = runs[0].reconciled_at
    for run in runs:
        if run.status != runs[0].status:
            break
        since = run.reconciled_at
    changes = [change for change in row_changes(runs) if change is not None]
    return Trend(
        runs=len(runs),
        equal_runs=sum(run.status == OK for run in runs),
        since=since,
        rows_per_run=median(changes) if changes else None,
    )


def row_changes(runs: Sequence[Run]) -> list[int | None]:
    """Return by how much the mart's rows changed up to each run since the run before it, which follows it in the list.

    None where there is none before it, or one of them did not count rows.
    """
    rows = [mart_rows(run) for run in runs]
    changes = [None if None in (now, before) else now - before for now, before in pairwise(rows)]
    return [*changes, None] if runs else []


def mart_rows(run: Run) -> int | None:
    """Return the rows of the mart, None where the run did not count them."""
    figure = run.figure("rows")
    return figure.destination if figure else None
