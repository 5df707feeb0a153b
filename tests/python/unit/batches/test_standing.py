"""How a batch stands to the marts, in words and as JSON."""

from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from onerow.batches.read import Account, DeadLetter, Page, Refusal, SchemaChange
from onerow.batches.standing import Consumption, Standing, replay_command
from onerow.batches.table import render_account, render_page, state_of
from onerow.ledger.batches import Batch
from onerow.project.contract import Source
from onerow.project.marts import Mart

REFERENCE = (Path(__file__).parents[4] / "docs/reference/batches-json.md").read_text(encoding="utf-8")
DAY = datetime(2026, 5, 1, tzinfo=UTC)
SOURCE = Source("device_readings", "landing", "device_readings", (), ("device_id",))
FIRST, SECOND = (Mart("onerow", name, "marts", name, SOURCE) for name in ("first", "second"))


def batch(**values: object) -> Batch:
    """Return a batch with everything that takes room in a table."""
    whole = {
        "batch_no": 12345,
        "source": "device_readings",
        "batch_id": "0123456789" * 6 + "abcd",
        "content_sha256": "0" * 64,
        "window_start": DAY,
        "window_end": DAY.replace(day=2),
        "extracted_at": DAY,
        "location": "inbox/a.csv",
        "row_count": 1234567,
        "rejected_count": 1234,
        "landed_at": DAY.replace(day=3),
        "quarantined_at": None,
        "quarantine_reason": None,
        "released_at": None,
    }
    return Batch(**{**whole, **values})


def consumption(mart: Mart, **outcomes: int) -> Consumption:
    """Return how a mart has consumed the batch."""
    return Consumption(f"db.marts.{mart.table}", mart.schema, mart.table, 1, 5, 2, DAY, outcomes)


def shown(renderable: object, width: int) -> list[str]:
    """Return the lines that a terminal of that width shows."""
    out = StringIO()
    Console(file=out, width=width).print(renderable)
    return [line.rstrip() for line in out.getvalue().splitlines()]


@pytest.mark.parametrize(
    ("quarantined", "marts", "consumed", "state", "words"),
    [
        (False, (FIRST, SECOND), (), "waiting", "waiting for 2 marts"),
        (False, (FIRST, SECOND), (SECOND,), "waiting", "consumed by 1 of 2 marts"),
        (False, (FIRST,), (FIRST,), "consumed", "consumed by 1 of 1 mart"),
        (False, (), (), "consumed", "no mart loads its source"),
        (True, (FIRST,), (), "quarantined", "quarantined"),
        (True, (FIRST, SECOND), (FIRST,), "quarantined", "quarantined, consumed by 1 of 2 marts"),
    ],
)
def test_state_says_what_the_next_load_will_do(quarantined, marts, consumed, state, words):
    """Guard: Standing.state, state_of."""
    standing = Standing(
        batch(quarantined_at=DAY if quarantined else None), marts, tuple(consumption(mart) for mart in consumed)
    )
    assert (standing.state, state_of(standing)) == (state, words)


def test_list_fits_80_columns():
    """Nothing is cut off where a row has everything. Guard: the widths of render_page."""
    standing = Standing(batch(quarantined_at=DAY), (FIRST, SECOND), (consumption(FIRST),))
    lines = shown(render_page(Page([standing], 1)), 80)
    assert max(map(len, lines)) <= 80
    text = "\n".join(lines)
    for part in ("12345", "1,234,567", "1,234 malformed", "2026-05-02", "quarantined,", "consumed by", "of 2 marts"):
        assert part in text
    assert "…" not in text


def test_what_was_delivered_cannot_move_the_cursor():
    """Guard: printable, and Text for each value."""
    standing = Standing(batch(batch_id="\x1b[31m", location="[red]a\x07", quarantine_reason="\x1b]0;x"), (FIRST,), ())
    account = Account(
        standing,
        [Refusal("malformed:\x1b", 1, [1])],
        [DeadLetter(1, ["r"], "open", "\x1b[2J[bold]")],
        [SchemaChange("\x1b[0m", "added", "kept")],
    )
    text = "\n".join(shown(render_account(account), 120) + shown(render_page(Page([standing], 1)), 120))
    assert "\x1b" not in text
    assert "\x07" not in text
    assert "[red]a" in text
    assert "[bold]" in text


def test_outcomes_are_in_the_order_of_the_docs_and_say_what_the_window_withdrew():
    """Guard: _outcomes."""
    standing = Standing(batch(), (FIRST, SECOND), (consumption(FIRST, stale=1, new=1200),))
    lines = [" ".join(line.split()) for line in shown(render_account(Account(standing, [], [], [])), 120)]
    assert "first 2026-05-01 00:00 1,200 new, 1 stale, and its window withdrew 2 rows" in lines
    assert "second waiting" in lines
    assert "dead letters" not in lines


def test_replay_is_for_the_target_that_was_asked_about():
    """Guard: replay_command."""
    assert replay_command([FIRST], None) == "dbt run --full-refresh --select first"
    assert replay_command([FIRST, SECOND], "prod") == "dbt run --full-refresh --select first second --target prod"


def test_every_name_of_the_json_is_in_the_reference():
    """Guard: docs/reference/batches-json.md."""
    account = Account(
        Standing(batch(), (FIRST,), (consumption(FIRST),)),
        [Refusal("r", 1, [1])],
        [DeadLetter(1, ["r"], "open", "x")],
        [SchemaChange("c", "added", "kept")],
    )

    def names(value: object) -> set[str]:
        if isinstance(value, dict):
            return set(value) | {name for part in value.values() for name in names(part)}
        return {name for part in value for name in names(part)} if isinstance(value, list) else set()

    missing = {
        name for name in {"changed", "replay_command"} | names(account.to_json()) if f"`{name}`" not in REFERENCE
    }
    assert missing == set()
