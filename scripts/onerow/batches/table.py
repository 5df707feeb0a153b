"""Batches as tables for the terminal. Times are UTC."""

from collections.abc import Iterable

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from onerow import terminal
from onerow.batches.read import Account, DeadLetter, Page, Refusal, SchemaChange
from onerow.batches.standing import CONSUMED, QUARANTINED, WAITING, Consumption, Standing
from onerow.ledger.batches import Batch
from onerow.terminal import printable

_STYLES = {QUARANTINED: "red", WAITING: "yellow", CONSUMED: "green"}
# In the order of the docs.
_OUTCOMES = ("new", "modified", "unchanged", "stale", "superseded", "rejected", "filtered")
# An id that is longer, such as a sha256, is shortened in the list.
_SHORT_ID = 12


def render_page(page: Page) -> RenderableType:
    """Return a list of batches as something that rich prints."""
    if not page.standings:
        return Text("No batch has landed. The first one lands with: onerow land SOURCE FILE")
    batches = [standing.batch for standing in page.standings]
    # What no batch has is left out, so that a terminal of 80 columns has room for the rest.
    has_windows = any(batch.window_start for batch in batches)
    has_senders_time = any(
        terminal.utc(batch.extracted_at, "minutes") != terminal.utc(batch.landed_at, "minutes") for batch in batches
    )
    table = terminal.table(padding=(0, 1, 0, 0))
    table.add_column("batch", justify="right", no_wrap=True)
    table.add_column("source, id", overflow="fold", min_width=12)
    table.add_column("rows", no_wrap=True)
    if has_windows:
        table.add_column("from, to")
    if has_senders_time:
        table.add_column("extracted")
    table.add_column("landed")
    table.add_column("state", min_width=12)
    for standing in page.standings:
        batch = standing.batch
        table.add_row(
            str(batch.batch_no),
            Text(f"{printable(batch.source)}\n{printable(_short(batch.batch_id))}"),
            _rows(batch),
            *([_window(batch, "\n") or ""] if has_windows else []),
            *([terminal.utc(batch.extracted_at, "minutes").replace(" ", "\n")] if has_senders_time else []),
            terminal.utc(batch.landed_at, "minutes").replace(" ", "\n"),
            Text(state_of(standing), _STYLES[standing.state]),
        )
    parts: list[RenderableType] = [table]
    if page.total > len(batches):
        parts.append(Text(f"The newest {len(batches):,} of {page.total:,}; all of them: --limit {page.total}", "dim"))
    return Group(*parts)


def render_account(account: Account) -> RenderableType:
    """Return everything that is known of a batch as something that rich prints."""
    standing = account.standing
    parts: list[RenderableType] = [_heading(standing), Padding(_facts(standing.batch), (0, 0, 0, 2))]
    for title, rows in (
        ("marts", _marts(standing)),
        ("dead letters", _refusals(account.refusals)),
        ("the first of them", _letters(account.dead_letters)),
        ("columns that differ from the contract", _changes(account.schema_changes)),
    ):
        if rows is not None:
            parts += [Text(), Text(f"  {title}", "bold"), Padding(rows, (0, 0, 0, 2))]
    return Group(*parts)


def state_of(standing: Standing) -> str:
    """Return in words how a batch stands to the project's marts."""
    consumed, marts = len(standing.consumed_by), len(standing.marts)
    progress = f"consumed by {consumed} of {terminal.counted(marts, 'mart')}" if consumed else ""
    if standing.state == QUARANTINED:
        return f"quarantined, {progress}" if consumed else "quarantined"
    if not marts:
        return "no mart loads its source"
    return progress or f"waiting for {terminal.counted(marts, 'mart')}"


def _heading(standing: Standing) -> Text:
    batch = standing.batch
    return Text.assemble(
        (f"batch {batch.batch_no} of {printable(batch.source)}", "bold"),
        "  ",
        (state_of(standing), f"bold {_STYLES[standing.state]}"),
    )


def _facts(batch: Batch) -> Table:
    facts = {
        "id": printable(batch.batch_id),
        "sha256": batch.content_sha256 if batch.content_sha256 != batch.batch_id else "the id",
        "file": batch.location and printable(batch.location),
        "replay of": batch.replay_of and f"batch {batch.replay_of}",
        "rows": f"{batch.row_count:,}",
        "malformed": f"{batch.rejected_count:,}",
        "window": _window(batch, " to "),
        "extracted": terminal.utc(batch.extracted_at),
        "landed": terminal.utc(batch.landed_at),
        "quarantined": batch.quarantined_at and terminal.utc(batch.quarantined_at),
        "why withheld": batch.quarantine_reason and printable(batch.quarantine_reason),
        "released": batch.released_at and terminal.utc(batch.released_at),
    }
    table = terminal.table(show_header=False)
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in facts.items():
        if value is not None:
            table.add_row(name, Text(value))
    return table


def _marts(standing: Standing) -> Table | None:
    if not standing.marts and not standing.consumptions:
        return None
    table = terminal.table()
    table.add_column("mart", overflow="fold")
    table.add_column("loaded", min_width=10)
    table.add_column("outcomes of its rows")
    for mart in standing.marts:
        consumption = standing.consumption_of(mart)
        if consumption:
            table.add_row(mart.name, terminal.utc(consumption.claimed_at, "minutes"), _outcomes(consumption))
        else:
            withheld = standing.state == QUARANTINED
            table.add_row(mart.name, Text("withheld", "red") if withheld else Text("waiting", "yellow"), "")
    for consumption in standing.consumed_elsewhere:
        table.add_row(
            Text(f"{consumption.relation} (not of this target)"),
            terminal.utc(consumption.claimed_at, "minutes"),
            _outcomes(consumption),
        )
    return table


def _outcomes(consumption: Consumption) -> str:
    shown = [f"{consumption.outcomes[name]:,} {name}" for name in _OUTCOMES if consumption.outcomes.get(name)]
    if consumption.withdrawn_count:
        shown.append(f"and its window withdrew {terminal.counted(consumption.withdrawn_count, 'row')}")
    return ", ".join(shown) or "no rows"


def _refusals(refusals: Iterable[Refusal]) -> Table | None:
    table = terminal.table()
    table.add_column("reason", overflow="fold")
    table.add_column("lines", justify="right")
    table.add_column("line numbers")
    for refusal in refusals:
        more = ", ..." if refusal.line_count > len(refusal.first_lines) else ""
        table.add_row(
            Text(printable(refusal.reason)),
            f"{refusal.line_count:,}",
            ", ".join(str(number) for number in refusal.first_lines) + more,
        )
    return table if table.row_count else None


def _letters(letters: Iterable[DeadLetter]) -> Table | None:
    table = terminal.table()
    table.add_column("line", justify="right")
    table.add_column("status")
    table.add_column("delivered", overflow="fold")
    for letter in letters:
        raw = terminal.shortened(letter.raw)
        table.add_row(str(letter.line_number), letter.status, Text(printable(raw)))
    return table if table.row_count else None


def _changes(changes: Iterable[SchemaChange]) -> Table | None:
    table = terminal.table()
    for name in ("column", "change", "what was done"):
        table.add_column(name, overflow="fold")
    for change in changes:
        table.add_row(Text(printable(change.column_name)), change.change, change.action)
    return table if table.row_count else None


def _rows(batch: Batch) -> Text:
    """Return how many rows landed, and below it how many lines were none."""
    rows = Text(f"{batch.row_count:,}")
    return rows.append(f"\n{batch.rejected_count:,} malformed", "yellow") if batch.rejected_count else rows


def _short(batch_id: str) -> str:
    return batch_id if len(batch_id) <= _SHORT_ID else f"{batch_id[:6]}..{batch_id[-4:]}"


def _window(batch: Batch, between: str) -> str | None:
    """Return both ends of the batch's window, without the time of day where it is midnight."""
    if batch.window_start is None or batch.window_end is None:
        return None
    return between.join(
        terminal.utc(end, "auto").removesuffix(" 00:00:00") for end in (batch.window_start, batch.window_end)
    )
