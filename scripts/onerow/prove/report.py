"""What a proof says, and its JSON."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from onerow.prove.state import Difference

HELD = "held"
FAILED = "failed"
NOT_APPLICABLE = "not applicable"
NOT_TRIED = "not tried"

# Rows of an example, and of a difference, that a report shows.
SHOWN_ROWS = 10


@dataclass(frozen=True)
class ExampleBatch:
    """A batch of an example: the rows that it has left."""

    label: str
    row_count: int
    rows: list[tuple[str | None, ...]]


@dataclass(frozen=True)
class Example:
    """The smallest arrangement that was found to fail, and what came of it."""

    columns: list[str]
    batches: list[ExampleBatch]
    # What to do, in words; and with what it is compared.
    steps: list[str]
    expected_steps: list[str]
    # What a load ended with, if it did not end well; else how the rows differ.
    error: str | None
    difference: Difference | None
    # False: the time limit ended the search for a smaller one.
    is_smallest: bool


@dataclass(frozen=True)
class Verdict:
    """The verdict on one guarantee."""

    name: str
    title: str
    verdict: str
    # Of what did not hold: in a line. Of what was not tried: why.
    why: str | None
    # How many arrangements were played, without the search for an example.
    tried: int
    seconds: float
    # The command that tries only this again.
    reproduce: str
    example: Example | None = None


@dataclass(frozen=True)
class ModelProof:
    """The verdicts on one model."""

    model: str
    source: str
    materialized: str
    key: list[str]
    # The batches it was tried with, and their rows.
    batches: list[tuple[str, int]]
    ignored_columns: list[str]
    id_columns: list[str]
    notes: list[str]
    # What the model holds after the plain arrangement; None where that does not load.
    row_count: int | None
    key_count: int | None
    verdicts: list[Verdict] = field(default_factory=list)

    @property
    def status(self) -> str:
        """The worst of its verdicts: failed, not tried, held."""
        found = {each.verdict for each in self.verdicts}
        return next((verdict for verdict in (FAILED, NOT_TRIED) if verdict in found), HELD)


@dataclass(frozen=True)
class Proof:
    """The proofs of several models."""

    proved_at: datetime
    seed: int
    models: list[ModelProof]

    @property
    def status(self) -> str:
        """The worst of its models: failed, not tried, held."""
        found = {model.status for model in self.models}
        return next((verdict for verdict in (FAILED, NOT_TRIED) if verdict in found), HELD)

    def to_json(self) -> dict[str, Any]:
        """Return what docs/reference/prove.md describes."""
        return {
            "proved_at": self.proved_at.isoformat(),
            "status": self.status,
            "seed": self.seed,
            "models": [_model(model) for model in self.models],
        }


def _model(model: ModelProof) -> dict[str, Any]:
    return {
        "model": model.model,
        "status": model.status,
        "source": model.source,
        "materialized": model.materialized,
        "key": model.key,
        "batches": [{"batch": label, "row_count": rows} for label, rows in model.batches],
        "row_count": model.row_count,
        "key_count": model.key_count,
        "ignored_columns": model.ignored_columns,
        "id_columns": model.id_columns,
        "notes": model.notes,
        "guarantees": [_verdict(each) for each in model.verdicts],
    }


def _verdict(verdict: Verdict) -> dict[str, Any]:
    example = verdict.example
    return {
        "guarantee": verdict.name,
        "title": verdict.title,
        "verdict": verdict.verdict,
        "why": verdict.why,
        "tried": verdict.tried,
        "seconds": round(verdict.seconds, 1),
        "reproduce": verdict.reproduce,
        "example": example
        and {
            "is_smallest": example.is_smallest,
            "batches": [
                {"batch": batch.label, "row_count": batch.row_count, "rows": _named(example.columns, batch.rows)}
                for batch in example.batches
            ],
            "steps": example.steps,
            "expected_steps": example.expected_steps,
            "error": example.error,
            "difference": example.difference and _difference(example.difference),
        },
    }


def _difference(found: Difference) -> dict[str, Any]:
    return {
        "row_count": {"expected": found.row_count[0], "found": found.row_count[1]},
        "key_count": {"expected": found.key_count[0], "found": found.key_count[1]},
        "contents_equal": found.contents_equal,
        "ids_equal": found.ids_equal,
        "missing_count": len(found.missing),
        "missing": _named(found.columns, found.missing[:SHOWN_ROWS]),
        "unexpected_count": len(found.unexpected),
        "unexpected": _named(found.columns, found.unexpected[:SHOWN_ROWS]),
    }


def _named(columns: Any, rows: Any) -> list[dict[str, str | None]]:
    return [dict(zip(columns, row, strict=True)) for row in rows]
