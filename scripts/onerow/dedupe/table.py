"""What the commands of dedupe show on the terminal. Times are UTC."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from onerow import terminal
from onerow.dedupe.apply import Applied
from onerow.dedupe.audit import Audit
from onerow.dedupe.preview import CLASSES, Preview
from onerow.dedupe.undo import Undone
from onerow.terminal import counted, named_values, printable, quoted

_SHOWN_BATCHES = 10
_MEANINGS = {
    "twins": "rows agree in everything but their batch",
    "decided": "the rule decides",
    "tied": "equal by the rule: the greater content counts",
}


def render_audit(audit: Audit) -> RenderableType:
    """Return an audit as something that rich prints."""
    verdict = ("DUPLICATES", "bold red") if audit.duplicate_keys else ("each key is one row", "bold green")
    key = ", ".join(map(printable, audit.key))
    parts: list[RenderableType] = [
        Text.assemble((printable(audit.relation), "bold"), "  ", verdict, (f"  key {key}", "dim")),
        Text(f"{counted(audit.row_count, 'row')}, {counted(audit.key_count, 'key')}"),
    ]
    if audit.null_key_rows:
        parts.append(Text(f"{counted(audit.null_key_rows, 'row')} with NULL in the key", "yellow"))
    if audit.duplicate_keys:
        parts += _duplicates(audit)
    return Group(*parts)


def _duplicates(audit: Audit) -> Iterator[RenderableType]:
    yield Text()
    table = terminal.table()
    table.add_column("kind")
    for heading in ("keys", "surplus rows"):
        table.add_column(heading, justify="right")
    table.add_row("exact twins", f"{audit.twin_keys:,}", f"{audit.twin_rows:,}")
    table.add_row("conflicting", f"{audit.conflicting_keys:,}", f"{audit.conflicting_rows:,}")
    table.add_row("all", f"{audit.duplicate_keys:,}", f"{audit.surplus_rows:,}")
    yield table
    if audit.first_version is not None:
        yield Text(f"versions from {printable(audit.first_version)} to {printable(str(audit.last_version))}", "dim")
    if audit.since is not None:
        yield Text(f"since {terminal.utc(audit.since)}", "dim")
    if audit.batches:
        yield Text()
        yield _batches(audit.batches)
    yield Text()
    yield _biggest(audit)
    yield Text()
    yield Text(f"What a repair would do: onerow dedupe preview {printable(audit.words)}", "dim")


def _batches(batches: list[dict[str, Any]]) -> RenderableType:
    table = terminal.table()
    table.add_column("surplus rows", justify="right")
    table.add_column("from batch", justify="right")
    table.add_column("source")
    table.add_column("landed")
    for batch in batches[:_SHOWN_BATCHES]:
        landed = batch["landed_at"] and terminal.utc(datetime.fromisoformat(batch["landed_at"]))
        number = "none" if batch["batch_no"] is None else str(batch["batch_no"])
        table.add_row(f"{batch['row_count']:,}", number, Text(printable(batch["source"] or "not known")), landed or "")
    more = len(batches) - _SHOWN_BATCHES
    return Group(table, Text(f"and {counted(more, 'batch')}", "dim")) if more > 0 else table


def _biggest(audit: Audit) -> RenderableType:
    table = terminal.table()
    table.add_column("biggest keys", overflow="fold")
    table.add_column("rows", justify="right")
    table.add_column("unlike", justify="right")
    if audit.version:
        table.add_column("versions", overflow="fold")
    for key in audit.biggest_keys:
        span = f"{key['first_version']} to {key['last_version']}"
        versions = [Text(printable(span))] if audit.version else []
        table.add_row(Text(named_values(key["key"])), f"{key['row_count']:,}", f"{key['state_count']:,}", *versions)
    return table


def render_preview(preview: Preview) -> RenderableType:
    """Return a preview as something that rich prints."""
    table = terminal.table()
    table.add_column("class")
    table.add_column("keys", justify="right")
    table.add_column("rows to go", justify="right")
    table.add_column("")
    for name in CLASSES:
        counts = preview.classes[name]
        table.add_row(name, f"{counts['keys']:,}", f"{counts['removed_rows']:,}", Text(_MEANINGS[name], "dim"))
    parts: list[RenderableType] = [
        Text.assemble((printable(preview.relation), "bold"), (f"  rule {printable(str(preview.rule))}", "dim")),
        Text(f"{counted(preview.removed_rows, 'row')} would be removed, {preview.changed_rows:,} changed"),
        Text(),
        table,
    ]
    for sample in preview.samples:
        parts += [Text(), *_sample(sample, preview.columns)]
    for reference in preview.references:
        style = "red" if reference.row_count else "dim"
        parts += [Text(), Text(f"referred to by {printable(str(reference))}", style)]
    parts.append(Text())
    if preview.is_refused:
        parts.append(Text("`apply` would refuse: rows that it would remove are referred to.", "bold red"))
    elif preview.removed_rows:
        rule = f"--rule {preview.rule.name}" if preview.rule.sql is None else "--rule-sql as here"
        parts.append(Text(f"To do so: onerow dedupe apply {printable(preview.words)} {rule}", "dim"))
    return Group(*parts)


def _sample(sample: dict[str, Any], columns: list[str]) -> Iterator[RenderableType]:
    """One key: the columns in which its rows differ, row by row, the survivor first and as it would be."""
    yield Text.assemble((named_values(sample["key"]), "bold"), (f"  {sample['class']}", "dim"))
    rows = [sample["after"], *sample["before"]]
    differing = [name for name in columns if any(row[name] != rows[0][name] for row in rows)]
    if not differing:
        yield Text(f"  one row stays, {counted(len(sample['before']) - 1, 'row')} of the same values would go", "dim")
        return
    table = terminal.table()
    table.add_column("")
    for name in differing:
        table.add_column(printable(name), overflow="fold")
    first = "stays" if sample["after"] == sample["before"][0] else "changes"
    for number, row in enumerate(sample["before"]):
        fate = Text("goes", "red") if number else Text(first, "green")
        table.add_row(fate, *(Text(quoted(row[name])) for name in differing))
    if first == "changes":
        table.add_row(Text("becomes", "green"), *(Text(quoted(sample["after"][name])) for name in differing))
    yield Padding(table, (0, 0, 0, 2))


def render_applied(applied: Applied) -> RenderableType:
    """Return what a run has done as something that rich prints."""
    name, run = printable(applied.relation), applied.run
    if run is None:
        return Text(f"{name} has a unique index on its key, and so no duplicates. Nothing was done.")
    went_on = " It went on where it had stopped." if applied.has_gone_on else ""
    changed = f", {run.changed_count:,} changed" if run.changed_count else ""
    index = f"The unique index {printable(run.index_name)}" if run.index_name else "A unique index of another session"
    return Group(
        Text(f"Run {run.run_no} on {name}: {counted(run.removed_count, 'row')} removed{changed}.{went_on}"),
        Text(f"{index} now keeps one row a key."),
        Text(f"Backup: {printable(run.backup)}. To take the run back: onerow dedupe undo {run.run_no}", "dim"),
    )


def render_undone(undone: Undone) -> RenderableType:
    """Return what an undo has done as something that rich prints."""
    run, name = undone.run, printable(undone.run.relation)
    again = "had been undone before; put back were" if undone.was_undone else "is undone; put back are"
    parts = [Text(f"Run {run.run_no} on {name} {again} {counted(run.removed_count, 'row')}.")]
    if run.changed_count:
        parts.append(Text(f"{counted(run.changed_count - undone.changed_count, 'survivor')} as before the merge."))
    if undone.changed_count:
        keys = "; ".join(named_values(key) for key in undone.changed_since)
        left = f"{counted(undone.changed_count, 'survivor')} left alone, changed since the merge: {keys}"
        parts.append(Text(left, "yellow"))
    return Group(*parts)
