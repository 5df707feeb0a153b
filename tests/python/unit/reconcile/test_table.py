"""The tables of a reconciliation, as a terminal shows them."""

from datetime import UTC, datetime
from io import StringIO
from uuid import UUID

import pytest
from rich.console import Console

from onerow.reconcile.report import Figure, Finding, LevelResult, MartResult, Report, SchemaChange
from onerow.reconcile.table import render


def shown(
    *levels: LevelResult,
    waiting: list[int] | None = None,
    changes: list[SchemaChange] | None = None,
    width: int = 80,
) -> list[str]:
    """Return the lines that are printed for one mart."""
    mart = MartResult("devices", "db.marts.devices", "devices", waiting or [], list(levels), changes or [])
    out = StringIO()
    Console(file=out, width=width).print(render(Report(UUID(int=1), datetime(2026, 5, 2, tzinfo=UTC), [mart])))
    return [line.rstrip() for line in out.getvalue().splitlines()]


def counts(*figures: Figure, findings: list[Finding] | None = None) -> LevelResult:
    """Return a level of these figures."""
    return LevelResult("counts", list(figures), findings or [])


def words(lines: list[str]) -> list[str]:
    """Return the lines without their layout."""
    return [" ".join(line.split()) for line in lines]


def test_differences_come_before_what_agrees_and_what_informs():
    """Guard: the order of figures."""
    lines = shown(
        counts(
            Figure("delivered_rows", 9000, None, None, None),
            Figure("keys", 7, 7, 0, None),
            Figure("missing_keys", 1200, None, 1200, "missing_keys"),
        )
    )

    assert words(lines) == [
        "devices DIFFERENCES db.marts.devices, from devices",
        "",
        "counts source mart difference",
        "missing keys 1,200 -1,200",
        "keys 7 7 0",
        "delivered rows 9,000",
    ]


def test_information_that_is_zero_is_left_out():
    """Guard: what _figures shows."""
    lines = shown(counts(Figure("waiting_rows", 0, None, None, None), Figure("keys", 0, 0, 0, None)))

    assert words(lines)[2:] == ["counts source mart difference", "keys 0 0 0"]


def test_differences_that_cancel_each_other_are_not_shown_as_none():
    """Guard: _difference."""
    lines = shown(LevelResult("accounting", [Figure("outcome_rows", 11, 11, 2, None)], []))

    assert "outcome rows 11 11 0, in 2 places" in words(lines)
    assert "accounting counted recorded difference" in words(lines)


def test_waiting_batches_are_shown_with_what_loads_them():
    """Guard: the line of waiting batches, which is short however many wait."""
    lines = shown(counts(), waiting=list(range(1, 1001)), width=120)

    assert lines[1] == (
        "waiting: 1,000 batches (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, ...), loaded by: dbt run --select +devices"
    )


def test_columns_that_differ_from_the_contract_are_shown_in_one_short_line():
    """Guard: the line of schema changes; a name with control characters does not reach the terminal."""
    at = datetime(2026, 5, 2, tzinfo=UTC)
    changes = [SchemaChange(f"c\x1b{n}", "added", n, "kept in _unexpected", at) for n in range(1, 13)]
    lines = shown(counts(), changes=changes, width=400)

    assert lines[1].startswith(
        r"columns that differ from the contract: c\x1b1 added (batch 1), c\x1b2 added (batch 2), "
    )
    assert lines[1].endswith(r"c\x1b10 added (batch 10), ...")


@pytest.mark.parametrize("width", [80, 120])
def test_violations_are_shown_in_the_columns_of_their_rule(width):
    """Guard: _finding: without the mart, with the way to see all and the page that helps."""
    sample = {"model": "db.marts.devices", "natural_key": {"device_id": " A", "position": None}, "mart_rows": 2}
    lines = shown(counts(findings=[Finding("duplicate_keys", 7, [sample])]), width=width)

    assert words(lines)[-5:] == [
        "duplicate keys 7, the first 1 of them",
        "natural key mart rows",
        'device_id=" A", position=NULL 2',
        "all of them: dbt show --select duplicate_keys --limit 100",
        "what to do: docs/runbooks/duplicate_keys.md",
    ]
    assert max(len(line) for line in lines) <= width


def test_delivered_text_cannot_write_on_the_terminal():
    """Neither control characters nor the markup of rich work. Guard: printable, and Text for each value."""
    sample = {"natural_key": {"device_id": "\x1b[2J\x9b1m\u202e[red]x"}}
    printed = "\n".join(shown(counts(findings=[Finding("missing_keys", 1, [sample])]), width=120))

    assert not set("\x1b\x9b\u202e") & set(printed)
    assert r'device_id="\u001b[2J\x9b1m\u202e[red]x"' in printed
