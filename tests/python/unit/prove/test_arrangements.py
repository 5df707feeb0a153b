"""What is tried of each guarantee, and how a smaller example is found, without a database."""

from collections.abc import Sequence
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from onerow.prove.batch import Batch
from onerow.prove.guarantees import GUARANTEES, Trial, plain
from onerow.prove.runs import TimeUp
from onerow.prove.smallest import Finding, smallest
from onerow.prove.state import Difference
from onerow.prove.steps import Deliver, Load

BATCHES = [Batch(number, f"batch {number}", (1, 2, 3, 4)) for number in (1, 2, 3)]
_BY_NAME = {guarantee.name: guarantee for guarantee in GUARANTEES}
_DIFFERENCE = Difference(("key",), (1, 2), (1, 1), False, True, [], [("a",)])


def trial(**given: Any) -> Trial:
    """A trial of three batches of a model that nothing is special of."""
    usual = {
        "batches": BATCHES,
        "holds_all": True,
        "is_incremental": True,
        "never_refreshed": False,
        "runs": 3,
        "seed": 1,
        "statements": 5,
        "times": None,
    }
    return Trial(**{**usual, **given})


def steps_of(name: str, batches: Sequence[Batch] = BATCHES, **given: Any) -> list[list]:
    """The arrangements of a guarantee."""
    arrangements = _BY_NAME[name].arrangements(trial(batches=batches, **given))
    assert not isinstance(arrangements, str), arrangements
    return [arrange(batches) for arrange in arrangements]


@pytest.mark.parametrize(
    ("name", "given", "why"),
    [
        ("one_load", {"batches": BATCHES[:1]}, "one batch only"),
        ("one_load", {"holds_all": False}, "one batch at a time"),
        ("any_order", {"batches": BATCHES[:1]}, "one batch only"),
        ("overlapping_windows", {}, "--window-column"),
        ("overlapping_windows", {"times": {}}, "no batch has rows of two times"),
        ("full_refresh", {"is_incremental": False}, "anew by every run"),
        ("full_refresh", {"never_refreshed": True}, "full_refresh is off"),
        ("full_refresh", {"holds_all": False}, "one batch at a time"),
    ],
)
def test_what_cannot_be_tried_says_why(name: str, given: dict[str, Any], why: str):
    """Guard: a verdict without a trial is no `held`."""
    assert why in str(_BY_NAME[name].arrangements(trial(**given)))


def test_orders_are_drawn_by_the_seed_and_none_is_the_plain_one():
    """Guards: the reverse comes first; the same seed draws the same; the plain order would hold by itself."""
    orders = [[step.batch.number for step in steps[::2]] for steps in steps_of("any_order")]
    assert orders[0] == [3, 2, 1]
    assert [1, 2, 3] not in orders
    assert steps_of("any_order") == steps_of("any_order")
    assert len({str(steps_of("any_order", seed=seed)) for seed in range(20)}) > 1


def test_a_window_is_preceded_by_its_later_half():
    """[T1, T2) before [T0, T2). Guard: rows of the part, and the window that it declares."""
    hours = [datetime(2026, 5, 1, hour, tzinfo=UTC) for hour in (1, 2, 3, 4)]
    window = (datetime(2026, 5, 1, tzinfo=UTC), datetime(2026, 5, 2, tzinfo=UTC))
    batch = Batch(1, "a day", (1, 2, 3, 4), window)
    [steps] = steps_of("overlapping_windows", [batch], times={(1, row): hours[row - 1] for row in batch.rows})
    part = steps[0].batch
    assert part.rows == (3, 4)
    assert part.window == (hours[2], window[1])
    assert steps[1:] == [Load(), Deliver(batch), Load()]


def test_each_load_is_killed_once_and_run_again():
    """Guard: points are drawn by batch, so that a smaller example kills where the whole one did."""
    for number, steps in enumerate(steps_of("killed")[1:], 1):
        points = [step.kill_at for step in steps if isinstance(step, Load)]
        assert all(1 <= point <= 5 for point in points[::2])
        assert points[1::2] == [None] * 3
        assert steps_of("killed", BATCHES[2:])[number][1] == steps[7]


class _Deliveries(SimpleNamespace):
    columns = ("other",)


def search(fails: Any, key: Sequence[str] = ()) -> tuple[Finding, bool]:
    """Search for the smallest example of all three batches."""
    whole = Finding(BATCHES, list(map(str, plain(BATCHES))), [], None, _DIFFERENCE)
    return smallest(whole, fails, _Deliveries(), key)


def test_the_fewest_batches_and_rows_are_found():
    """It takes row 2 of batch 1 and row 3 of batch 3 to fail. Guard: nothing that is not needed is left."""

    def fails(batches: Sequence[Batch]) -> Finding | None:
        rows = {(batch.number, row) for batch in batches for row in batch.rows}
        return Finding(list(batches), [], [], None, _DIFFERENCE) if {(1, 2), (3, 3)} <= rows else None

    found, is_smallest = search(fails)
    assert [(batch.number, batch.rows) for batch in found.batches] == [(1, (2,)), (3, (3,))]
    assert is_smallest


def test_another_failure_is_not_a_smaller_one():
    """Guard: a load that breaks is no example of rows that differ."""
    found, _ = search(lambda batches: Finding(list(batches), [], [], "broken", None))
    assert found.batches == BATCHES


def test_the_best_so_far_is_shown_when_the_time_is_up():
    """Guard: a search that was cut short says so."""
    tries = []

    def fails(batches: Sequence[Batch]) -> Finding:
        tries.append(batches)
        if len(tries) > 1:
            raise TimeUp
        return Finding(list(batches), [], [], None, _DIFFERENCE)

    found, is_smallest = search(fails)
    assert found.batches == tries[0]
    assert not is_smallest
