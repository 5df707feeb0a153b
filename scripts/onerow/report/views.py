"""What the HTML report shows of each mart, in the order in which it shows it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from markupsafe import Markup

from onerow.reconcile.report import DIFFERENCE, INFO, Figure, Finding, LevelResult, MartResult, Report
from onerow.report import charts, shown
from onerow.report.read import ConsumedBatch, LedgerFacts, ReasonCount, RuleException
from onerow.report.runs import Run, Trend, row_changes, run_of, trend

# The order of outcomes in bars and tables.
OUTCOMES = ("new", "modified", "unchanged", "stale", "superseded", "rejected", "filtered")
# Windows that differ and are listed beside the picture; the picture's table has them all.
LISTED_WINDOWS = 20

_ORDER = {DIFFERENCE: 0, "ok": 1, INFO: 2}


@dataclass(frozen=True)
class Picture:
    """A picture with its key and the same figures as a table. `marked` has the rows of the table that differ."""

    title: str
    svg: Markup
    key: tuple[str, ...]
    header: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    marked: frozenset[int] = frozenset()


@dataclass(frozen=True)
class LevelView:
    """A level: the figures of the whole, differences first; pictures of its windows; figures of windows that differ."""

    level: str
    sides: tuple[str, str]
    figures: list[Figure]
    pictures: list[Picture]
    differing: list[Figure]
    findings: list[Finding]

    @property
    def differing_windows(self) -> list[datetime]:
        """The windows in which anything differs."""
        return sorted({figure.window_start for figure in self.differing if figure.window_start is not None})


@dataclass(frozen=True)
class MartView:
    """A mart: what this run found, and what the ledger has of it. Runs come newest first, with the change of rows."""

    result: MartResult
    rows: Figure | None
    levels: list[LevelView]
    runs: list[tuple[Run, int | None]]
    trend: Trend
    over_runs: list[Picture]
    batches: list[ConsumedBatch]
    outcomes: Picture | None
    dead_letters: list[ReasonCount]
    exceptions: list[RuleException]

    @property
    def differing_figures(self) -> list[Figure]:
        """The figures of the whole that differ, over all levels."""
        return [figure for level in self.levels for figure in level.figures if figure.status == DIFFERENCE]

    @property
    def differing_windows(self) -> list[datetime]:
        """The windows in which anything differs, over all levels."""
        return sorted({window for level in self.levels for window in level.differing_windows})

    @property
    def has_open_letters(self) -> bool:
        """Whether any dead letter of its source is open."""
        return any(each.status == "open" for each in self.dead_letters)


def view_marts(report: Report, facts: LedgerFacts) -> list[MartView]:
    """Return what is shown of each mart of the report, those with differences first."""
    return [_mart(report, mart, facts) for mart in sorted(report.marts, key=lambda mart: mart.status != DIFFERENCE)]


def _mart(report: Report, mart: MartResult, facts: LedgerFacts) -> MartView:
    runs = [run_of(report, mart), *facts.runs.get(mart.relation, [])]
    levels = [_level(mart, level) for level in mart.levels]
    batches = facts.batches.get(mart.relation, [])
    return MartView(
        result=mart,
        rows=next((figure for level in levels for figure in level.figures if figure.name == "rows"), None),
        levels=levels,
        runs=list(zip(runs, row_changes(runs), strict=True)),
        trend=trend(runs),
        over_runs=[picture for name in ("rows", "keys") if (picture := _over_runs(mart, runs, name))],
        batches=batches,
        outcomes=_outcomes(mart, batches),
        dead_letters=facts.dead_letters.get(mart.source, []),
        exceptions=facts.exceptions.get(mart.relation, []),
    )


def _level(mart: MartResult, level: LevelResult) -> LevelView:
    whole = [figure for figure in level.figures if figure.window_start is None]
    of_windows = [figure for figure in level.figures if figure.window_start is not None]
    sides = ("counted", "recorded") if level.level == "accounting" else ("source", "mart")
    # A zero that only informs is no news; a zero difference is.
    news = [figure for figure in whole if figure.status != INFO or figure.source]
    return LevelView(
        level=level.level,
        sides=sides,
        figures=sorted(news, key=lambda figure: _ORDER[figure.status]),
        pictures=_windows(mart, level.level, sides, of_windows),
        differing=sorted((figure for figure in of_windows if figure.status == DIFFERENCE), key=_window),
        findings=level.findings,
    )


def _windows(mart: MartResult, level: str, sides: tuple[str, str], figures: Iterable[Figure]) -> list[Picture]:
    """Draw what both sides have: the first such figure, and every other one that differs anywhere."""
    by_name: dict[str, list[Figure]] = {}
    for figure in figures:
        by_name.setdefault(figure.name, []).append(figure)
    two_sided = {
        name: of_name
        for name, of_name in by_name.items()
        if any(figure.source is not None for figure in of_name)
        and any(figure.destination is not None for figure in of_name)
    }
    return [
        _of_windows(f"{mart.model}: {shown.words(name)} per window, level {level}", sides, of_name)
        for position, (name, of_name) in enumerate(two_sided.items())
        if position == 0 or any(figure.status == DIFFERENCE for figure in of_name)
    ]


def _of_windows(title: str, sides: tuple[str, str], figures: list[Figure]) -> Picture:
    figures = sorted(figures, key=_window)
    # A window that one side has not is none of its rows.
    rows = [
        (shown.window(_window(figure)), figure.source or 0, figure.destination or 0, figure.difference)
        for figure in figures
    ]
    marked = frozenset(position for position, figure in enumerate(figures) if figure.status == DIFFERENCE)
    return _compared(title, ("window", *sides, "difference"), rows, marked, from_zero=True)


def _over_runs(mart: MartResult, runs: Sequence[Run], name: str) -> Picture | None:
    """Draw a figure of the whole over the runs, the oldest first; nothing where there are no two of them."""
    counted = [(run, figure) for run in reversed(runs) if (figure := run.figure(name))]
    if len(counted) < 2:  # noqa: PLR2004 - one point is no line
        return None
    rows = [(shown.when(run.reconciled_at), figure.source, figure.destination) for run, figure in counted]
    marked = frozenset(position for position, (_, figure) in enumerate(counted) if figure.is_difference)
    return _compared(f"{mart.model}: {name} over the runs", ("run", "source", "mart"), rows, marked, from_zero=False)


def _compared(
    title: str, header: tuple[str, ...], rows: list[tuple[Any, ...]], marked: frozenset[int], *, from_zero: bool
) -> Picture:
    sides = {header[column]: [row[column] for row in rows] for column in (1, 2)}
    say = f"{title}: {len(rows):,} points, {len(marked):,} of them differ. The table below has the figures."
    svg = charts.compared(say, [row[0].removesuffix(" UTC") for row in rows], sides, marked, from_zero=from_zero)
    return Picture(title, svg, (*sides, "difference") if marked else tuple(sides), header, rows, marked)


def _outcomes(mart: MartResult, batches: Sequence[ConsumedBatch]) -> Picture | None:
    """Draw the outcomes of each batch, the oldest first; nothing where no batch has been consumed."""
    if not batches:
        return None
    oldest_first = list(reversed(batches))
    title = f"{mart.model}: outcomes of each batch"
    svg = charts.stacked(
        f"{title}: {len(batches):,} batches. The table below has the figures.",
        [str(batch.batch_no) for batch in oldest_first],
        {outcome: [batch.outcomes.get(outcome, 0) for batch in oldest_first] for outcome in OUTCOMES},
    )
    used = tuple(outcome for outcome in OUTCOMES if any(batch.outcomes.get(outcome) for batch in batches))
    return Picture(title, svg, used, (), [])


def _window(figure: Figure) -> datetime:
    assert figure.window_start is not None  # noqa: S101 - only figures of windows come here
    return figure.window_start
