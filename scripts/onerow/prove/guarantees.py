"""What a model has to hold to: for each guarantee, which arrangements must come out like the plain one."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from onerow.prove.batch import Batch, later_half
from onerow.prove.steps import Deliver, KillInside, Load, LoadAtOnce, Step

# Makes the steps of an arrangement from batches: all that there are, or the few that a smaller example has left.
Arrange = Callable[[Sequence[Batch]], list[Step]]

# Orders that are tried besides the reverse one, and passes of kills at points drawn anew.
_SHUFFLES = 2
_KILLED_PASSES = 2


@dataclass(frozen=True)
class Trial:
    """What there is to try with, as the guarantees have to know it."""

    batches: Sequence[Batch]
    holds_all: bool
    is_incremental: bool
    # Whether the project says that the model is never refreshed in full.
    never_refreshed: bool
    runs: int
    seed: int
    # Statements that the model sends in a load.
    statements: int
    # The time of each row (batch, row) in the window column; None: there is no such column.
    times: dict[tuple[int, int], datetime] | None


@dataclass(frozen=True)
class Guarantee:
    """A guarantee, and how it is tried."""

    name: str
    title: str
    # Says why there is nothing to try, or makes the arrangements.
    arrangements: Callable[[Trial], str | list[Arrange]]


def plain(batches: Sequence[Batch]) -> list[Step]:
    """Return the arrangement that all others are compared with: each batch is delivered and loaded, in order."""
    return [step for batch in batches for step in (Deliver(batch), Load())]


def _run_twice(trial: Trial) -> str | list[Arrange]:
    return [lambda batches: [step for batch in batches for step in (Deliver(batch), Load(), Load())]]


def _one_load(trial: Trial) -> str | list[Arrange]:
    if len(trial.batches) < 2:  # noqa: PLR2004 - nothing to put together
        return "there is one batch only"
    if not trial.holds_all:
        return "the source holds one batch at a time"
    return [lambda batches: [*map(Deliver, batches), Load()]]


def _any_order(trial: Trial) -> str | list[Arrange]:
    if len(trial.batches) < 2:  # noqa: PLR2004 - nothing to put in order
        return "there is one batch only"
    numbers = [batch.number for batch in trial.batches]
    chance = random.Random(trial.seed)  # noqa: S311 - has to come out the same again
    orders = {tuple(reversed(numbers)): None}
    orders.update({tuple(chance.sample(numbers, len(numbers))): None for _ in range(_SHUFFLES)})
    return [_in_order(order) for order in orders if order != tuple(numbers)]


def _in_order(order: Sequence[int]) -> Arrange:
    return lambda batches: plain(sorted(batches, key=lambda batch: order.index(batch.number)))


def _overlapping_windows(trial: Trial) -> str | list[Arrange]:
    if trial.times is None:
        return "no column says what time a row is of; name one with --window-column"
    times = trial.times

    def arrange(batches: Sequence[Batch]) -> list[Step]:
        steps: list[Step] = []
        for batch in batches:
            part = later_half(batch, times, batch.window)
            steps += [Deliver(part), Load()] if part else []
            steps += [Deliver(batch), Load()]
        return steps

    if arrange(trial.batches) == plain(trial.batches):
        return "no batch has rows of two times"
    return [arrange]


def _at_once(trial: Trial) -> str | list[Arrange]:
    def first_build(batches: Sequence[Batch]) -> list[Step]:
        return [Deliver(batches[0]), LoadAtOnce(trial.runs), *plain(batches[1:])] if batches else []

    def into_what_is_there(batches: Sequence[Batch]) -> list[Step]:
        return [*plain(batches[:-1]), Deliver(batches[-1]), LoadAtOnce(trial.runs)] if batches else []

    return [into_what_is_there, first_build] if len(trial.batches) > 1 else [first_build]


def _killed(trial: Trial) -> str | list[Arrange]:
    def at_random(number: int) -> Arrange:
        def arrange(batches: Sequence[Batch]) -> list[Step]:
            steps: list[Step] = []
            for batch in batches:
                # Drawn by batch, so that a smaller example kills where the whole one did.
                chance = random.Random(f"{trial.seed} {number} {batch.number}")  # noqa: S311 - as above
                kill_at = chance.randint(1, trial.statements)
                steps += [Deliver(batch), Load(kill_at=kill_at), Load()]
            return steps

        return arrange

    def inside(batches: Sequence[Batch]) -> list[Step]:
        return [*plain(batches[:-1]), Deliver(batches[-1]), KillInside()] if batches else []

    return [inside, *map(at_random, range(_KILLED_PASSES))]


def _full_refresh(trial: Trial) -> str | list[Arrange]:
    if not trial.is_incremental:
        return "the model is built anew by every run"
    if trial.never_refreshed:
        return "full_refresh is off for the model"
    if not trial.holds_all:
        return "the source holds one batch at a time, so a full refresh cannot read the others"
    return [lambda batches: [*plain(batches), Load(full_refresh=True)]]


# The first one has no arrangement of its own: it is about the plain one.
LOADS = Guarantee("loads", "each load ends well, one row a key", lambda _: "")
GUARANTEES = (
    LOADS,
    Guarantee("run_twice", "run twice", _run_twice),
    Guarantee("one_load", "all batches in one load", _one_load),
    Guarantee("any_order", "in another order", _any_order),
    Guarantee("overlapping_windows", "overlapping windows", _overlapping_windows),
    Guarantee("runs_at_once", "several runs at once", _at_once),
    Guarantee("killed", "killed and run again", _killed),
    Guarantee("full_refresh", "full refresh", _full_refresh),
)
