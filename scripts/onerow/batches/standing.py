"""How a batch stands to the marts: which have consumed it, which have still to load it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from onerow.ledger.batches import Batch
from onerow.project.marts import Mart

CONSUMED = "consumed"
QUARANTINED = "quarantined"
WAITING = "waiting"


@dataclass(frozen=True)
class Consumption:
    """A table that has consumed a batch. `relation` is its name in the ledger; counts are of its last claim."""

    relation: str
    mart_schema: str
    mart_table: str
    attempt: int
    row_count: int
    withdrawn_count: int
    claimed_at: datetime
    # What became of the rows: outcome to rows.
    outcomes: dict[str, int]

    def is_of(self, mart: Mart) -> bool:
        """Tell whether it is this mart's."""
        return (self.mart_schema, self.mart_table) == (mart.schema, mart.table)


@dataclass(frozen=True)
class Standing:
    """A batch, the project's marts that load its source, and every table of the database that has consumed it."""

    batch: Batch
    marts: tuple[Mart, ...]
    consumptions: tuple[Consumption, ...]

    @property
    def consumed_by(self) -> list[Mart]:
        """The project's marts that have consumed it."""
        return [mart for mart in self.marts if self.consumption_of(mart)]

    @property
    def missing_in(self) -> list[Mart]:
        """The project's marts that have not consumed it."""
        return [mart for mart in self.marts if not self.consumption_of(mart)]

    @property
    def consumed_elsewhere(self) -> list[Consumption]:
        """What other tables have consumed it: marts of another target, such as a developer's, or of another project."""
        return [each for each in self.consumptions if not any(each.is_of(mart) for mart in self.marts)]

    @property
    def state(self) -> str:
        """`quarantined`; else `waiting` where a mart of the project has still to load it; else `consumed`."""
        if self.batch.quarantined_at:
            return QUARANTINED
        return WAITING if self.missing_in else CONSUMED

    def consumption_of(self, mart: Mart) -> Consumption | None:
        """Return how a mart has consumed the batch, or None if it has not."""
        return next((each for each in self.consumptions if each.is_of(mart)), None)

    def to_json(self) -> dict[str, Any]:
        """Return it as docs/reference/batches-json.md describes it."""
        batch = self.batch
        return {
            "batch_no": batch.batch_no,
            "source": batch.source,
            "batch_id": batch.batch_id,
            "state": self.state,
            "consumed_by": [mart.name for mart in self.consumed_by],
            "missing_in": [mart.name for mart in self.missing_in],
            "consumed_elsewhere": [each.relation for each in self.consumed_elsewhere],
            "row_count": batch.row_count,
            "rejected_count": batch.rejected_count,
            "window_start": in_json(batch.window_start),
            "window_end": in_json(batch.window_end),
            "extracted_at": in_json(batch.extracted_at),
            "landed_at": in_json(batch.landed_at),
            "quarantined_at": in_json(batch.quarantined_at),
            "quarantine_reason": batch.quarantine_reason,
            "released_at": in_json(batch.released_at),
            "location": batch.location,
            "content_sha256": batch.content_sha256,
            "replay_of": batch.replay_of,
        }


def in_json(time: datetime | None) -> str | None:
    """Return a time as JSON has it: ISO 8601 with its offset."""
    return time and time.isoformat()


def replay_command(marts: Iterable[Mart], target: str | None) -> str:
    """Return the command that builds these marts anew from landing, without the batches that are quarantined."""
    chosen = f" --target {target}" if target else ""
    return f"dbt run --full-refresh --select {' '.join(mart.name for mart in marts)}{chosen}"
