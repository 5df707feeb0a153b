"""What a plan says, and its JSON."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

# In the order of docs/reference/outcomes.md.
OUTCOMES = ("new", "modified", "unchanged", "stale", "superseded", "rejected", "filtered")

NOTHING = "nothing"
CLEAN = "clean"
REJECTS = "rejects"


@dataclass(frozen=True)
class PlannedBatch:
    """A batch that the load would take: the outcomes of its rows. With `set_aside`, why it would not take it."""

    # None: the file that has not landed.
    batch_no: int | None
    batch_id: str
    location: str | None
    # Rows in landing, and malformed lines beside them.
    row_count: int
    rejected_count: int
    outcomes: dict[str, int]
    # Rows of the mart that the window of the batch would withdraw.
    withdrawn_count: int
    set_aside: str | None

    @property
    def has_rejects(self) -> bool:
        """Whether something of it is refused: a row, a line, or the batch as a whole."""
        return bool(self.outcomes.get("rejected") or self.rejected_count or self.set_aside)


@dataclass(frozen=True)
class PlannedRow:
    """A row with its outcome; every reason of a refused one, and the columns that a modified one changes."""

    batch_no: int | None
    line_number: int
    outcome: str
    natural_key: dict[str, str | None] | None
    reasons: list[str] | None
    # Column to {before, after}, as text.
    changes: dict[str, dict[str, str | None]] | None


@dataclass(frozen=True)
class PlannedRows:
    """The first rows of those asked for, and how many there are."""

    matching: int
    shown: list[PlannedRow]


@dataclass(frozen=True)
class MartPlan:
    """What the next load of one mart would do."""

    model: str
    relation: str
    source: str
    # Whether the load would make the table anew.
    is_rebuild: bool
    batches: list[PlannedBatch]
    # Batches that wait for a later load, because of max_batches_per_run.
    later_batches: int
    # None: not asked for.
    rows: PlannedRows | None

    @property
    def outcomes(self) -> dict[str, int]:
        """The outcomes of all batches, each of the vocabulary."""
        counted = Counter()
        for batch in self.batches:
            counted.update(batch.outcomes)
        return {outcome: counted[outcome] for outcome in OUTCOMES}

    @property
    def status(self) -> str:
        """One of nothing, clean, rejects."""
        if any(batch.has_rejects for batch in self.batches):
            return REJECTS
        return CLEAN if self.batches else NOTHING


@dataclass(frozen=True)
class Plan:
    """The plans of several marts."""

    planned_at: datetime
    # The file that was planned, and the batch that it has landed as before, if it has.
    file: str | None
    already_landed: int | None
    marts: list[MartPlan]

    @property
    def status(self) -> str:
        """The worst of its marts: rejects, clean, nothing."""
        found = {mart.status for mart in self.marts}
        return next((status for status in (REJECTS, CLEAN) if status in found), NOTHING)

    def to_json(self) -> dict[str, Any]:
        """Return what docs/reference/plan-json.md describes."""
        return {
            "planned_at": self.planned_at.isoformat(),
            "status": self.status,
            "file": self.file,
            "already_landed": self.already_landed,
            "models": [_mart(mart) for mart in self.marts],
        }


def read_mart_plan(model: str, source: str, reported: dict[str, Any]) -> MartPlan:
    """Read the plan of a mart from what the macro import_plan returns."""
    rows = reported["rows"]
    return MartPlan(
        model=model,
        relation=reported["relation"],
        source=source,
        is_rebuild=reported["is_rebuild"],
        batches=[PlannedBatch(**batch) for batch in reported["batches"]],
        later_batches=reported["later_batches"],
        rows=rows and PlannedRows(rows["matching"], [PlannedRow(**row) for row in rows["shown"]]),
    )


def _mart(mart: MartPlan) -> dict[str, Any]:
    return {
        "model": mart.model,
        "relation": mart.relation,
        "source": mart.source,
        "status": mart.status,
        "is_rebuild": mart.is_rebuild,
        "outcomes": mart.outcomes,
        "withdrawn_count": sum(batch.withdrawn_count for batch in mart.batches),
        "later_batches": mart.later_batches,
        "batches": [vars(batch) for batch in mart.batches],
        "matching_rows": mart.rows and mart.rows.matching,
        "rows": mart.rows and [vars(row) for row in mart.rows.shown],
    }
