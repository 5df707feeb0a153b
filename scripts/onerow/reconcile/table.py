"""A reconciliation as tables for the terminal: differences first, then what agrees, then where to look closer."""

from collections.abc import Iterable
from typing import Any

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from onerow import terminal
from onerow.reconcile.report import DIFFERENCE, INFO, OK, Figure, Finding, LevelResult, MartResult, Report
from onerow.terminal import printable

# What the two sides are called: counts compares two places, accounting what can be counted now with what was recorded.
_SIDES = {"accounting": ("counted", "recorded"), "growth": ("then", "now")}
_ORDER = {DIFFERENCE: 0, OK: 1, INFO: 2}
_STYLES = {DIFFERENCE: "red", OK: "green", INFO: "dim"}
_SHOWN_BATCHES = 10
_SHOWN_CHANGES = 10
_SHOWN_WINDOWS = 20
# What is told, and is no difference.
_TOLD = ("withdrawn_keys", "recent_rows")


def render(report: Report) -> RenderableType:
    """Return the report as something that rich prints."""
    parts: list[RenderableType] = []
    for mart in report.marts:
        parts += [*_mart(mart), Text()]
    return Group(*parts[:-1])


def _mart(mart: MartResult) -> Iterable[RenderableType]:
    verdict = "all equal" if mart.status == OK else "DIFFERENCES"
    yield Text.assemble(
        (mart.model, "bold"),
        "  ",
        (verdict, f"bold {_STYLES[mart.status]}"),
        (f"  {mart.relation}, from {mart.source}", "dim"),
    )
    if mart.waiting_batches:
        count = len(mart.waiting_batches)
        numbers = ", ".join(str(number) for number in mart.waiting_batches[:_SHOWN_BATCHES])
        more = ", ..." if count > _SHOWN_BATCHES else ""
        batches = f"{count:,} {'batch' if count == 1 else 'batches'}"
        yield Text(f"waiting: {batches} ({numbers}{more}), loaded by: dbt run --select +{mart.model}", "yellow")
    if mart.schema_changes:
        # Names as they were delivered, which must not move the cursor.
        shown = mart.schema_changes[:_SHOWN_CHANGES]
        changes = [f"{printable(change.column_name)} {change.change} (batch {change.batch_no})" for change in shown]
        more = ", ..." if len(mart.schema_changes) > len(shown) else ""
        yield Text(f"columns that differ from the contract: {', '.join(changes)}{more}", "yellow")
    shown: list[Figure | Finding] = []
    for level in mart.levels:
        yield Text()
        yield _figures(level, mart, shown)
        yield from _windows(level, mart)
        for finding in level.findings:
            # What two levels find alike is shown once.
            if finding not in shown:
                yield from _finding(finding, mart)
        shown += [*level.figures, *level.findings]


def _sides(level: LevelResult, mart: MartResult) -> tuple[str, str]:
    return _SIDES.get(level.level, ("source", "mart" if mart.is_mart else "destination"))


def _figures(level: LevelResult, mart: MartResult, before: list[Figure | Finding]) -> Table:
    table = terminal.table()
    source, destination = _sides(level, mart)
    table.add_column(level.level, min_width=20)
    table.add_column(source, justify="right", min_width=10)
    table.add_column(destination, justify="right", min_width=10)
    table.add_column("difference", justify="right")
    # A zero that only informs is no news; a zero difference is.
    shown = [
        figure
        for figure in level.figures
        if figure.window_start is None
        and figure not in before
        and (figure.status != INFO or figure.source or figure.destination)
    ]
    for figure in sorted(shown, key=lambda figure: _ORDER[figure.status]):
        style = _STYLES[figure.status]
        table.add_row(
            Text(_words(figure.name), style if figure.status != OK else ""),
            _number(figure.source),
            _number(figure.destination),
            Text(_difference(figure), style),
            style="dim" if figure.status == INFO else None,
        )
    return table


def _windows(level: LevelResult, mart: MartResult) -> Iterable[RenderableType]:
    """Show the windows that differ, and how many there are."""
    of_windows = [figure for figure in level.figures if figure.window_start is not None]
    starts = {figure.window_start for figure in of_windows}
    differing = [figure for figure in of_windows if figure.status == DIFFERENCE]
    if not starts:
        return
    count = len({figure.window_start for figure in differing})
    tolerated = len({figure.window_start for figure in of_windows if figure.is_tolerated})
    within = f", {tolerated:,} within the tolerance" if tolerated else ""
    yield Text()
    if not differing:
        verb = "none differs by more" if tolerated else "none differs"
        yield Text(f"  {terminal.counted(len(starts), 'window')}, {verb}{within}", "dim")
        return
    verb = "differs" if count == 1 else "differ"
    yield Text(f"  {count:,} of {terminal.counted(len(starts), 'window')} {verb}{within}", "bold red")
    table = terminal.table()
    table.add_column("window (UTC)")
    table.add_column("")
    for side in _sides(level, mart):
        table.add_column(side, justify="right", min_width=10)
    table.add_column("difference", justify="right")
    for figure in differing[:_SHOWN_WINDOWS]:
        assert figure.window_start is not None  # noqa: S101 - picked above
        table.add_row(
            terminal.utc(figure.window_start, "minutes"),
            _words(figure.name),
            _number(figure.source),
            _number(figure.destination),
            Text(_difference(figure), "red"),
        )
    if len(differing) > _SHOWN_WINDOWS:
        table.add_row("...", "all of them: --format json")
    yield Padding(table, (0, 0, 0, 2))


def _difference(figure: Figure) -> str:
    if figure.difference is None:
        return ""
    if figure.violations and not figure.difference:
        return f"0, in {figure.violations:,} places"  # differences that cancel each other in the sum
    if figure.is_tolerated:
        return f"{figure.difference:+,}, within {figure.tolerance:,}"
    return f"{figure.difference:+,}" if figure.difference else "0"


def _finding(finding: Finding, mart: MartResult) -> Iterable[RenderableType]:
    """Show the first violations in the columns of their rule, without the mart, which the heading has."""
    yield Text()
    count, shown = f"{finding.violations:,}", _shown(finding)
    if finding.violations > shown:
        count += f", the first {shown} of them"
    colour = "yellow" if finding.rule in _TOLD else "red"
    yield Text.assemble((f"  {_words(finding.rule)}", f"bold {colour}"), (f"  {count}", colour))
    table = terminal.table()
    columns = [name for name in finding.samples[0] if name != "model"]
    for name in columns:
        is_number = all(isinstance(sample[name], int | None) for sample in finding.samples)
        table.add_column(_words(name), justify="right" if is_number else "left", overflow="fold")
    for sample in finding.samples:
        table.add_row(*(Text(_value(sample[name])) for name in columns))
    yield Padding(table, (0, 0, 0, 2))
    if mart.is_mart:
        yield Text(f"  all of them: dbt show --select {finding.rule} --limit 100", "cyan")
        yield Text(f"  what to do:  docs/runbooks/{finding.rule}.md", "cyan")
    elif finding.violations > shown:
        yield Text("  more of them: the same command with --samples 100", "cyan")


def _shown(finding: Finding) -> int:
    """Return how many violations the samples stand for: a modified row may have several, a key several rows."""
    if "column" in finding.samples[0] and "natural_key" in finding.samples[0]:
        return len({str(sample["natural_key"]) for sample in finding.samples})
    if "source_rows" in finding.samples[0] and finding.rule == "null_keys":
        return sum(sample["source_rows"] + sample["destination_rows"] for sample in finding.samples)
    return len(finding.samples)


def _value(value: Any) -> str:
    """Return a value in a form that cannot move the cursor, whatever was delivered."""
    if isinstance(value, dict):
        return terminal.named_values(value)
    if value is None:
        return ""
    return f"{value:,}" if isinstance(value, int) else printable(str(value))


def _words(name: str) -> str:
    """Return a name of the SQL as the words that a person reads."""
    # What comes after a point is the name of a column, as it was delivered.
    words, point, column = name.partition(".")
    return words.replace("_", " ").replace("null", "NULL").strip() + (f": {printable(column)}" if point else "")


def _number(value: int | None) -> str:
    return "" if value is None else f"{value:,}"
