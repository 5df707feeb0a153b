"""A proof for the terminal: a line a guarantee, then what failed, with the smallest example and a diff."""

from collections.abc import Iterable, Iterator, Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from onerow import terminal
from onerow.prove.report import FAILED, HELD, NOT_TRIED, SHOWN_ROWS, Example, ModelProof, Proof, Verdict
from onerow.terminal import counted, printable

_STYLES = {HELD: "green", FAILED: "bold red", NOT_TRIED: "yellow"}


def render(proof: Proof) -> RenderableType:
    """Return the proof as something that rich prints."""
    parts: list[RenderableType] = []
    for model in proof.models:
        parts += [*_model(model), Text()]
    return Group(*parts[:-1])


def difference_lines(
    columns: Sequence[str], missing: Sequence[Sequence], unexpected: Sequence[Sequence]
) -> Iterator[str]:
    """Yield the lines of a diff: `-` what should be there, `+` what is there instead."""
    yield "  " + " | ".join(map(printable, columns))
    for sign, rows in (("-", missing), ("+", unexpected)):
        for row in rows[:SHOWN_ROWS]:
            yield f"{sign} " + " | ".join(_cell(value) for value in row)
        if len(rows) > SHOWN_ROWS:
            yield f"{sign} and {counted(len(rows) - SHOWN_ROWS, 'row')} more"


def _model(model: ModelProof) -> Iterable[RenderableType]:
    rows = sum(count for _, count in model.batches)
    held = "" if model.row_count is None else f", which make {counted(model.row_count, 'row')}"
    yield Text.assemble(
        (printable(model.model), "bold"),
        f"  {model.materialized}; key {', '.join(map(printable, model.key)) or 'unknown'}",
        (f"  {counted(rows, 'row')} in {len(model.batches)} of {printable(model.source)}{held}", "dim"),
    )
    ignored = [("not compared", model.ignored_columns), ("generated ids", model.id_columns)]
    for what, names in ignored:
        if names:
            yield Text(f"{what}: {', '.join(map(printable, names))}", "dim")
    for note in model.notes:
        yield Text(printable(note), "yellow")
    yield Text()
    table = terminal.table()
    table.add_column("guarantee", no_wrap=True)
    table.add_column("verdict", no_wrap=True)
    table.add_column("", overflow="fold")
    for each in model.verdicts:
        table.add_row(each.title, Text(each.verdict, _STYLES.get(each.verdict, "dim")), Text(_why(each)))
    yield table
    for each in model.verdicts:
        if each.example:
            yield Text()
            yield from _example(each, each.example)


def _why(verdict: Verdict) -> str:
    return printable(" ".join((verdict.why or "").split()))


def _example(verdict: Verdict, example: Example) -> Iterable[RenderableType]:
    smallest = "the smallest example" if example.is_smallest else "an example; there may be a smaller one"
    yield Text.assemble((verdict.title, "bold red"), f": {smallest}")
    yield Text("  " + " | ".join(map(printable, example.columns)), "dim")
    for batch in example.batches:
        yield Text(f"  {printable(batch.label)}", "bold")
        for row in batch.rows:
            yield Text("    " + " | ".join(_cell(value) for value in row))
        if batch.row_count > len(batch.rows):
            yield Text(f"    and {counted(batch.row_count - len(batch.rows), 'row')} more", "dim")
    for number, step in enumerate(example.steps, 1):
        yield Text(f"  {number}. {printable(step)}")
    if example.error:
        yield Text(f"  ends with: {printable(' '.join(example.error.split()))}", "red")
    if example.difference:
        found = example.difference
        wanted = (
            "is not one row a key; surplus" if not example.expected_steps else "differs from one run a batch, in order"
        )
        yield Text(f"  What comes out {wanted}:")
        for line in difference_lines(found.columns, found.missing, found.unexpected):
            yield Text(f"    {line}", {"-": "red", "+": "green"}.get(line[0], "dim"))
    yield Text(f"  again: {printable(verdict.reproduce)}", "dim")


def _cell(value: str | None) -> str:
    return "NULL" if value is None else terminal.shortened(printable(value))
