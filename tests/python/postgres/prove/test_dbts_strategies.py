"""Each of dbt's strategies is convicted of what it really does wrong, and of nothing else."""

from collections.abc import Callable
from typing import Any

import pytest

from onerow.prove.guarantees import GUARANTEES
from onerow.prove.report import FAILED, HELD, NOT_APPLICABLE, ModelProof
from postgres.prove.conftest import DELIVERED, TWICE_IN_A_BATCH, Row, verdict, verdicts

Proved = Callable[..., ModelProof]
Deliver = Callable[..., None]

# The staging table of a loader that empties it before each delivery: the case that dbt's strategies are made for.
STAGED: dict[str, Any] = {"holds_all": False, "window_column": "updated_at", "searches": False}


@pytest.fixture
def proved_staged(deliver: Deliver, proved: Proved) -> Proved:
    """Prove a model by what its loader has staged."""

    def run(model: str, *rows: Row) -> ModelProof:
        deliver(*rows)
        return proved(model, **STAGED)

    return run


def convicted_of(*failed: str) -> dict[str, str]:
    """The verdicts on a model that fails in these guarantees alone. What is staged cannot show all of them."""
    held = {guarantee.name: HELD for guarantee in GUARANTEES}
    return {**held, "one_load": NOT_APPLICABLE, "full_refresh": NOT_APPLICABLE, **dict.fromkeys(failed, FAILED)}


def rows_of(found: Any) -> set[tuple[str | None, ...]]:
    """The rows of a difference, by the first two columns."""
    return {row[:2] for row in (*found.missing, *found.unexpected)}


def test_append_adds_whatever_comes_again(proved_staged: Proved):
    """It keeps what each delivery holds, so order does not matter; anything that is loaded again is there again."""
    proof = proved_staged("appended", *DELIVERED)
    assert verdicts(proof) == convicted_of("loads", "run_twice", "overlapping_windows", "runs_at_once", "killed")
    assert verdict(proof, "run_twice").why == "8 rows instead of 4"
    assert verdict(proof, "runs_at_once").why == "8 rows instead of 4"  # the two rows of the last batch, by three runs


def test_delete_insert_doubles_what_comes_twice_or_at_once(proved_staged: Proved):
    """Neither a key that occurs twice in a batch nor one that another run inserts is deleted before; nor a NULL key."""
    proof = proved_staged("deleted_and_inserted", *DELIVERED, TWICE_IN_A_BATCH)
    assert verdicts(proof) == convicted_of("loads", "run_twice", "any_order", "runs_at_once", "killed")
    assert [rows_of(verdict(proof, name).example.difference) for name in ("loads", "run_twice", "any_order")] == [
        {("d", "1")},
        {(None, "9")},
        # The older state of `a` came last in the plain order.
        {("a", "2"), ("a", "1")},
    ]


def test_merge_lets_the_older_state_win_and_two_runs_insert(proved_staged: Proved):
    """Guard of the overlap: without it, runs that are merely started together hardly ever insert the same key."""
    proof = proved_staged("merged", *DELIVERED)
    assert verdicts(proof) == convicted_of("run_twice", "any_order", "runs_at_once", "killed")
    assert rows_of(verdict(proof, "run_twice").example.difference) == {(None, "9")}
    assert verdict(proof, "runs_at_once").why == "5 rows instead of 3"  # `d`, by three runs


def test_merge_breaks_on_a_key_that_comes_twice_in_a_batch(deliver: Deliver, proved: Proved):
    """What does not load is told, and the rest is tried without it. Guard: the batch is left out."""
    deliver(*DELIVERED, ("a", "3", "2026-05-03", 2))
    proof = proved("merged", holds_all=False, only=("loads", "any_order"))
    found = verdict(proof, "loads")
    assert found.verdict == FAILED
    assert "MERGE command cannot affect row a second time" in found.example.error
    # `a` has to be there already: of a new key merge inserts both rows, and says nothing.
    assert [batch.rows for batch in found.example.batches] == [
        [("a", "2", "2026-05-02 00:00:00+00", "1")],
        [("a", "1", "2026-05-01 00:00:00+00", "2"), ("a", "3", "2026-05-03 00:00:00+00", "2")],
    ]
    assert found.example.is_smallest
    assert "everything but `loads` was tried without load_no = 2" in proof.notes
    assert verdict(proof, "any_order").why == "there is one batch only"


@pytest.mark.parametrize(("guarantee", "expected"), [("any_order", FAILED), ("one_load", FAILED), ("run_twice", HELD)])
def test_a_watermark_loses_what_comes_late(deliver: Deliver, proved: Proved, guarantee: str, expected: str):
    """A filter on the greatest load number makes a second run harmless. A batch that comes late is lost: `b`."""
    deliver(("b", "1", "2026-05-01", 1), DELIVERED[0], *DELIVERED[2:])
    proof = proved("watermarked", only=(guarantee,), searches=False)
    assert verdicts(proof) == {guarantee: expected}
