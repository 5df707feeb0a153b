"""Dead letters as tables for the terminal. Times are UTC."""

from typing import Any

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from onerow import terminal
from onerow.dead_letters.letters import DISCARDED, OPEN, REPLAYED
from onerow.dead_letters.read import Counts, LetterInWords, Page
from onerow.terminal import printable

_STYLES = {OPEN: "yellow", REPLAYED: "green", DISCARDED: "dim"}


def render_counts(counts: Counts) -> RenderableType:
    """Return how many letters there are, and why, as something that rich prints."""
    if not counts.by_reason:
        return Text("No dead letters.")
    table = terminal.table()
    table.add_column("source", overflow="fold")
    table.add_column("batch", justify="right")
    table.add_column("reason", overflow="fold")
    table.add_column("status")
    table.add_column("letters", justify="right")
    for count in counts.by_reason:
        table.add_row(
            Text(printable(count.source)),
            str(count.batch_no),
            Text(printable(count.reason)),
            Text(count.status, _STYLES[count.status]),
            f"{count.letter_count:,}",
        )
    total = ", ".join(f"{number:,} {status}" for status, number in counts.by_status.items())
    return Group(table, Text(f"{sum(counts.by_status.values()):,} dead letters: {total}", "dim"))


def render_page(page: Page) -> RenderableType:
    """Return letters in words as something that rich prints."""
    parts: list[RenderableType] = []
    for letter in page.letters:
        parts += [_heading(letter), Padding(_facts(letter, whole=page.total == 1), (0, 0, 1, 2))]
    if page.total > len(page.letters):
        first = f"The first {len(page.letters):,} of {page.total:,}; all of them: --limit {page.total}"
        parts.append(Text(first, "dim"))
    return Group(*parts)


def _heading(letter: LetterInWords) -> Text:
    name = f"line {letter.line_number} of batch {letter.batch_no} of {printable(letter.source)}"
    return Text.assemble((name, "bold"), "  ", (letter.status, f"bold {_STYLES[letter.status]}"))


def _facts(letter: LetterInWords, *, whole: bool) -> Table:
    raw = letter.raw if whole else terminal.shortened(letter.raw)
    facts: list[tuple[str, str | None]] = [
        ("reasons", ", ".join(letter.reasons)),
        ("in words", letter.explanation),
        ("to do", letter.remedy if letter.status == OPEN else None),
        ("delivered", raw),
        ("file", letter.location),
        ("refused", terminal.utc(letter.refused_at)),
        ("replayed", letter.replayed_as and f"as batch {letter.replayed_as}, {_settled(letter)}"),
        ("discarded", _settled(letter) if letter.status == DISCARDED else None),
        ("why", letter.settled_reason),
    ]
    facts += [("before", _earlier(earlier)) for earlier in letter.history or ()]
    table = terminal.table(show_header=False)
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in facts:
        if value is not None:
            table.add_row(name, Text(printable(value)))
    return table


def _settled(letter: LetterInWords) -> str:
    return f"{terminal.utc(letter.settled_at)} by {letter.settled_by}" if letter.settled_at else "no time recorded"


def _earlier(letter: dict[str, Any]) -> str:
    reasons = ", ".join(letter["reasons"])
    return f"in batch {letter['batch_no']}: {reasons}; replayed {letter['replayed_at']} by {letter['replayed_by']}"
