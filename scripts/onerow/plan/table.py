"""A plan as tables for the terminal: totals first, then rows where they are asked for."""

from collections.abc import Iterable

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from onerow import terminal
from onerow.plan.report import MartPlan, Plan, PlannedBatch, PlannedRow, PlannedRows
from onerow.terminal import printable

_STYLES = {"new": "green", "modified": "yellow", "rejected": "red"}


def render(plan: Plan) -> RenderableType:
    """Return the plan as something that rich prints."""
    parts: list[RenderableType] = []
    if plan.already_landed is not None:
        parts += [Text(f"{printable(plan.file or '')} has landed as batch {plan.already_landed}", "yellow"), Text()]
    for mart in plan.marts:
        parts += [*_mart(mart, plan.file), Text()]
    return Group(*parts[:-1])


def _mart(mart: MartPlan, file: str | None) -> Iterable[RenderableType]:
    counts = [f"{count:,} {outcome}" for outcome, count in mart.outcomes.items() if count]
    withdrawn = sum(batch.withdrawn_count for batch in mart.batches)
    verdict = (", ".join(counts) or "nothing to load") + (f"; {withdrawn:,} withdrawn" if withdrawn else "")
    built = ", to be built" if mart.is_rebuild else ""
    yield Text.assemble((mart.model, "bold"), "  ", verdict, (f"  {mart.relation}, from {mart.source}{built}", "dim"))
    if mart.batches:
        yield Text()
        yield _batches(mart, file)
    for batch in mart.batches:
        if batch.set_aside:
            yield Text(f"  {_name(batch, file)} would be quarantined: {printable(batch.set_aside)}", "red")
    if mart.later_batches:
        yield Text(f"  {mart.later_batches:,} more wait for a later load: max_batches_per_run", "yellow")
    if mart.rows:
        yield Text()
        yield from _rows(mart.rows, file)


def _batches(mart: MartPlan, file: str | None) -> Table:
    table = terminal.table()
    table.add_column("batch", overflow="fold")
    table.add_column("rows", justify="right")
    shown = [outcome for outcome, count in mart.outcomes.items() if count]
    has_withdrawn = any(batch.withdrawn_count for batch in mart.batches)
    has_malformed = any(batch.rejected_count for batch in mart.batches)
    for heading in (*shown, *(["withdrawn"] if has_withdrawn else []), *(["malformed lines"] if has_malformed else [])):
        table.add_column(heading, justify="right")
    for batch in mart.batches:
        counts = [batch.outcomes.get(outcome, 0) for outcome in shown]
        counts += [batch.withdrawn_count] if has_withdrawn else []
        counts += [batch.rejected_count] if has_malformed else []
        shown_counts = (f"{count:,}" if count else "" for count in counts)
        table.add_row(Text(_name(batch, file)), f"{batch.row_count:,}", *shown_counts)
    return table


def _rows(rows: PlannedRows, file: str | None) -> Iterable[RenderableType]:
    table = terminal.table()
    table.add_column("batch", overflow="fold")
    table.add_column("line", justify="right")
    table.add_column("outcome", no_wrap=True)
    table.add_column("key", overflow="fold")
    table.add_column("", overflow="fold")
    for row in rows.shown:
        name = printable(file or "") if row.batch_no is None else str(row.batch_no)
        outcome = Text(row.outcome, _STYLES.get(row.outcome, ""))
        table.add_row(
            Text(name),
            f"{row.line_number:,}",
            outcome,
            Text(terminal.named_values(row.natural_key or {})),
            Text(_detail(row)),
        )
    yield table
    if rows.matching > len(rows.shown):
        yield Text(f"  the first {len(rows.shown):,} of {rows.matching:,}; all of them: --limit {rows.matching}", "dim")


def _detail(row: PlannedRow) -> str:
    """Return why a row is refused, or what it changes, a line each."""
    changes = row.changes or {}
    lines = [printable(reason) for reason in row.reasons or ()]
    lines += [
        f"{name}: {terminal.quoted(values['before'])} -> {terminal.quoted(values['after'])}"
        for name, values in changes.items()
    ]
    return "\n".join(lines)


def _name(batch: PlannedBatch, file: str | None) -> str:
    return printable(file or "") if batch.batch_no is None else str(batch.batch_no)
