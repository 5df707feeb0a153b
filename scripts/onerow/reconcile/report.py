"""What a reconciliation found, and its JSON."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

OK = "ok"
DIFFERENCE = "difference"
INFO = "info"


def whole(value: Any) -> int | None:
    """Return a figure as PostgreSQL gives it as a count: its sum() of bigint is numeric."""
    return None if value is None else int(value)


@dataclass(frozen=True)
class Figure:
    """One figure on both sides. A side that has no such figure is None.

    `violations` is the number of rows that `rule` returns for it; None for a figure that only informs.
    `window_start` is the start of the window that it is of, in UTC; None for a figure of the whole. `tolerance` is by
    how much the sides may differ, None where that is not declared for the figure.
    """

    name: str
    source: int | None
    destination: int | None
    violations: int | None
    rule: str | None
    window_start: datetime | None = None
    tolerance: int | None = None

    @property
    def difference(self) -> int | None:
        """Destination less source; None for a figure that only informs."""
        return None if self.violations is None else (self.destination or 0) - (self.source or 0)

    @property
    def is_tolerated(self) -> bool:
        """Whether the sides differ, and by no more than they may."""
        return self.violations == 0 and 0 < abs(self.difference or 0) <= (self.tolerance or 0)

    @property
    def status(self) -> str:
        """One of ok, difference, info."""
        if self.violations is None:
            return INFO
        return DIFFERENCE if self.violations else OK


@dataclass(frozen=True)
class Finding:
    """The violations of one rule: how many, and the first few, as the rule returns them."""

    rule: str
    violations: int
    samples: list[dict[str, Any]]


@dataclass(frozen=True)
class LevelResult:
    """The figures of one level, and what its rules found."""

    level: str
    figures: list[Figure]
    findings: list[Finding]

    @property
    def status(self) -> str:
        """Difference if any figure has one."""
        return DIFFERENCE if any(figure.status == DIFFERENCE for figure in self.figures) else OK


@dataclass(frozen=True)
class SchemaChange:
    """How deliveries differ from the contract: the column, and the first batch that showed it. It only informs."""

    column_name: str
    change: str
    batch_no: int | None
    action: str
    seen_at: datetime


@dataclass(frozen=True)
class MartResult:
    """What was found for one mart. `relation` is its name in the ledger; `waiting_batches` are still to be loaded.

    `columns` are those that level schema has seen, with their types, which the next run compares with.
    Of a comparison without a mart (`is_mart` is false) `source` and `relation` are its two sides, as they were given.
    """

    model: str
    relation: str
    source: str
    waiting_batches: list[int]
    levels: list[LevelResult]
    schema_changes: list[SchemaChange] = field(default_factory=list)
    columns: dict[str, str] = field(default_factory=dict)
    is_mart: bool = True

    @property
    def status(self) -> str:
        """Difference if any level has one. Batches that wait are none."""
        return DIFFERENCE if any(level.status == DIFFERENCE for level in self.levels) else OK


@dataclass(frozen=True)
class Report:
    """One run of `onerow reconcile`. `reconciled_at` is when the snapshot was taken."""

    run_id: UUID
    reconciled_at: datetime
    marts: list[MartResult]

    @property
    def status(self) -> str:
        """Difference if any mart has one."""
        return DIFFERENCE if any(mart.status == DIFFERENCE for mart in self.marts) else OK

    def to_json(self) -> dict[str, Any]:
        """Return the report as docs/reference/reconcile-json.md describes it: names are stable, new ones may come."""
        return {
            "run_id": str(self.run_id),
            "reconciled_at": self.reconciled_at.isoformat(),
            "status": self.status,
            "marts": [_mart_json(mart) for mart in self.marts],
        }


def _mart_json(mart: MartResult) -> dict[str, Any]:
    return {
        "model": mart.model,
        "relation": mart.relation,
        "source": mart.source,
        "status": mart.status,
        "waiting_batches": mart.waiting_batches,
        "schema_changes": [{**vars(change), "seen_at": change.seen_at.isoformat()} for change in mart.schema_changes],
        "levels": [
            {
                "level": level.level,
                "status": level.status,
                "figures": [
                    {
                        "figure": figure.name,
                        "window_start": figure.window_start and figure.window_start.isoformat(),
                        "source": figure.source,
                        "destination": figure.destination,
                        "difference": figure.difference,
                        "violations": figure.violations,
                        "rule": figure.rule,
                        "tolerance": figure.tolerance,
                        "status": figure.status,
                    }
                    for figure in level.figures
                ],
                "findings": [
                    {"rule": finding.rule, "violations": finding.violations, "samples": finding.samples}
                    for finding in level.findings
                ],
            }
            for level in mart.levels
        ],
    }
