"""What marts hold after a set of batches, whatever their order of arrival and their grouping into loads.

Definitions, not loads: each function looks at all rows of all batches at once. Values are plain Python; None is NULL.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from truth.canonical import content


@dataclass(frozen=True)
class Delivery:
    """One delivered row: its key, its version (or time), its fields, and the batch it came in."""

    key: tuple
    version: int | None
    fields: tuple[str | None, ...]
    batch: "Batch"


@dataclass(frozen=True)
class Batch:
    """A batch: when the sender took it, what decides between two taken at once, and the window it declares, if any."""

    extracted_at: int
    sha256: str
    window: tuple[int, int] | None = None

    @property
    def position(self) -> tuple[int, str]:
        """Order of batches, oldest first."""
        return self.extracted_at, self.sha256


def replaced(deliveries: Iterable[Delivery]) -> dict[tuple, tuple]:
    """Upsert by version: of each key the row with the greatest (version, content)."""
    winners = {key: max(rows, key=lambda row: (row.version, content(row.fields))) for key, rows in _by_key(deliveries)}
    return {key: (row.version, *row.fields) for key, row in winners.items()}


def replaced_by_extraction(deliveries: Iterable[Delivery]) -> dict[tuple, tuple]:
    """Upsert without a version: the newest batch decides, and within it the greater content."""
    winners = {
        key: max(rows, key=lambda row: (row.batch.position, content(row.fields))) for key, rows in _by_key(deliveries)
    }
    return {key: row.fields for key, row in winners.items()}


def merged(deliveries: Iterable[Delivery]) -> dict[tuple, tuple]:
    """Upsert that merges: of each field the value with the greatest (version, value) of those that are not NULL."""
    states = {}
    for key, rows in _by_key(deliveries):
        fields = []
        for values in zip(*([(row.version, value) for value in row.fields] for row in rows), strict=True):
            told = [(version, value) for version, value in values if value is not None]
            fields.append(max(told)[1] if told else None)
        states[key] = (max(row.version for row in rows), *fields)
    return states


def in_windows(deliveries: Iterable[Delivery], batches: Iterable[Batch]) -> dict[tuple, tuple]:
    """Windows: a row counts unless a newer batch's window covers its time; of a key's rows the newest batch's does."""
    windows = [batch for batch in batches if batch.window is not None]

    def counts(row: Delivery) -> bool:
        newer = (batch.window for batch in windows if batch.position > row.batch.position)
        return not any(start <= row.version < end for start, end in newer)

    counting = [row for row in deliveries if counts(row)]
    winners = {
        key: max(rows, key=lambda row: (row.batch.position, content(row.fields))) for key, rows in _by_key(counting)
    }
    return {key: (row.version, *row.fields) for key, row in winners.items()}


def _by_key(deliveries: Iterable[Delivery]) -> Iterable[tuple[tuple, list[Delivery]]]:
    rows = defaultdict(list)
    for delivery in deliveries:
        rows[delivery.key].append(delivery)
    return rows.items()
