"""Search for the smallest example that still fails: fewest batches, then fewest rows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from onerow.prove.batch import Batch, Deliveries
from onerow.prove.runs import TimeUp
from onerow.prove.stage import NeverMet
from onerow.prove.state import Difference

Item = TypeVar("Item")


@dataclass(frozen=True)
class Finding:
    """An arrangement that failed, and how."""

    batches: list[Batch]
    steps: list[str]
    expected_steps: list[str]
    # One of the two.
    error: str | None
    difference: Difference | None


# Tries batches, and returns what failed.
Fails = Callable[[Sequence[Batch]], Finding | None]


def smallest(found: Finding, fails: Fails, deliveries: Deliveries, key: Sequence[str]) -> tuple[Finding, bool]:
    """Return the smallest finding that could be found, and whether the search came to its end.

    Each try is some runs of dbt. So it begins with a good guess, the rows of the first key that differs.
    """
    best = found

    def still_fails(batches: Sequence[Batch]) -> bool:
        nonlocal best
        # A batch that has no rows left may matter by its window, so one is only left out with the last row of it.
        try:
            smaller = fails([batch for batch in batches if batch.rows])
        except NeverMet:
            return False
        # A load that breaks and rows that differ are two findings, not one.
        if smaller is None or bool(smaller.error) != bool(found.error):
            return False
        best = smaller
        return True

    try:
        guess = _rows_of_key(found, deliveries, key)
        if guess:
            still_fails(guess)
        _fewest(best.batches, still_fails)
        rows = [(batch.number, row) for batch in best.batches for row in batch.rows]
        batches = best.batches
        _fewest(rows, lambda kept: still_fails(_with_rows(batches, kept)))
    except TimeUp:
        return best, False
    return best, True


def _fewest(items: Sequence[Item], still_fails: Callable[[list[Item]], bool]) -> None:
    """Leave out as many items as possible: first large parts, then one by one until each of them is needed."""
    kept = list(items)
    size = max(1, len(kept) // 2)
    while True:
        before = len(kept)
        at = 0
        while at < len(kept):
            fewer = kept[:at] + kept[at + size :]
            if fewer and still_fails(fewer):
                kept = fewer
            else:
                at += size
        if size == 1 and len(kept) == before:
            return
        size = max(1, size // 2)


def _with_rows(batches: Sequence[Batch], rows: Sequence[tuple[int, int]]) -> list[Batch]:
    return [batch.only([row for number, row in rows if number == batch.number]) for batch in batches]


def _rows_of_key(found: Finding, deliveries: Deliveries, key: Sequence[str]) -> list[Batch] | None:
    """Return the batches with the rows of the first key that differs, if rows can be told by it."""
    difference = found.difference
    if difference is None or not key or not set(key) <= set(deliveries.columns):
        return None
    rows = [*difference.unexpected, *difference.missing]
    values = dict(zip(difference.columns, rows[0], strict=True))
    positions = {name: deliveries.columns.index(name) for name in key}

    def is_wanted(row: Sequence[str | None]) -> bool:
        return all(row[position] == values.get(name) for name, position in positions.items())

    kept = [
        batch.only([number for number, row in zip(batch.rows, deliveries.read(batch), strict=True) if is_wanted(row)])
        for batch in found.batches
    ]
    return kept if any(batch.rows for batch in kept) else None
