"""Try the guarantees of one model, and find the smallest example of each that does not hold."""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from onerow.errors import CannotProve, ProofFailed
from onerow.prove.batch import Batch
from onerow.prove.guarantees import GUARANTEES, LOADS, Arrange, Guarantee, Trial, plain
from onerow.prove.report import (
    FAILED,
    HELD,
    NOT_APPLICABLE,
    NOT_TRIED,
    SHOWN_ROWS,
    Example,
    ExampleBatch,
    Verdict,
)
from onerow.prove.runs import TimeUp
from onerow.prove.smallest import Fails, Finding, smallest
from onerow.prove.stage import LoadFailed, NeverMet, Stage
from onerow.prove.state import Difference, State, compare, repeated_keys
from onerow.terminal import counted

# The search for a smaller example takes this share of the time that is left, so that the others are tried, too.
_SEARCH_SHARE = 0.25
_TIME_UP = "the time limit came first; more: --time-limit"

Progress = Callable[[str], None]


class Judge:
    """Tries one model. `reproduce` makes the command that tries one guarantee again from its name."""

    def __init__(
        self, model: str, stage: Stage, reproduce: Callable[[str], str], *, searches: bool, progress: Progress
    ):
        self._model = model
        self._stage = stage
        self._reproduce = reproduce
        self._searches = searches
        self._progress = progress
        self.batches = list(stage.deliveries.batches)
        # What the model holds after the plain arrangement.
        self.expected: State | None = None

    def load_plainly(self) -> Verdict:
        """Deliver and load batch by batch. What does not load is left out of everything that is tried afterwards.

        Raises:
            ProofFailed: the model cannot even be built without a row.
            CannotProve: what is named as its key is no column of it.
            TimeUp: the deadline came before all batches were loaded.
        """
        begun = time.monotonic()
        self._progress(LOADS.title)
        if error := self._stage.warm_up():
            raise ProofFailed(self._model, error)
        found: Finding | None = None
        tried = 0
        while self.batches:
            outcome = self._stage.play(plain(self.batches))
            tried += 1
            if isinstance(outcome, State):
                self._stage.learn()
                self.expected = self._stage.read()
                self._require_key(self.expected)
                found = found or _repeated(self.batches, self.expected)
                break
            found = found or _failed_load(self.batches, outcome)
            del self.batches[outcome.step // 2]
        return self._verdict(LOADS, begun, tried, found, self._loads_fail)

    def judge(self, guarantee: Guarantee, trial: Trial) -> Verdict:
        """Try one guarantee, by its arrangements in turn, until one fails."""
        begun = time.monotonic()
        if self.expected is None:
            return self._not_tried(guarantee, NOT_APPLICABLE, "no batch loads at all")
        arrangements = guarantee.arrangements(trial)
        if isinstance(arrangements, str):
            return self._not_tried(guarantee, NOT_APPLICABLE, arrangements)
        self._progress(guarantee.title)
        tried = 0
        never_met = None
        try:
            for arrange in arrangements:
                try:
                    found = self._differs(arrange, self.batches, self.expected)
                except NeverMet as error:
                    never_met = str(error)
                    continue
                tried += 1
                if found:

                    def fails(batches: Sequence[Batch], arrange: Arrange = arrange) -> Finding | None:
                        expected = self._stage.play(plain(batches))
                        return self._differs(arrange, batches, expected) if isinstance(expected, State) else None

                    return self._verdict(guarantee, begun, tried, found, fails)
        except TimeUp:
            return self._not_tried(guarantee, NOT_TRIED, _TIME_UP, tried, time.monotonic() - begun)
        if not tried:
            return self._not_tried(guarantee, NOT_APPLICABLE, never_met)
        return self._verdict(guarantee, begun, tried, None, self._loads_fail, partly=never_met)

    def not_tried(self) -> list[Verdict]:
        """Return the verdicts on all guarantees when the time is up before the first is tried."""
        return [self._not_tried(guarantee, NOT_TRIED, _TIME_UP) for guarantee in GUARANTEES]

    def _require_key(self, state: State) -> None:
        """Refuse a key that the model does not have: without it each key would be one row, whatever there is."""
        missing = [name for name in self._stage.key if name not in state.columns]
        if missing:
            known = ", ".join(state.columns)
            reason = f"its key {', '.join(missing)} is no column that is compared; name the columns with --key: {known}"
            raise CannotProve(self._model, reason)

    def _differs(self, arrange: Arrange, batches: Sequence[Batch], expected: State) -> Finding | None:
        """Play an arrangement; return how it differs from what is expected."""
        steps = arrange(batches)
        outcome = self._stage.play(steps)
        described = [list(map(str, steps)), list(map(str, plain(batches)))]
        if isinstance(outcome, LoadFailed):
            return Finding(list(batches), *described, error=outcome.message, difference=None)
        difference = compare(expected, outcome)
        return difference and Finding(list(batches), *described, error=None, difference=difference)

    def _loads_fail(self, batches: Sequence[Batch]) -> Finding | None:
        outcome = self._stage.play(plain(batches))
        if isinstance(outcome, LoadFailed):
            return _failed_load(batches, outcome)
        return _repeated(batches, outcome)

    def _verdict(
        self,
        guarantee: Guarantee,
        begun: float,
        tried: int,
        found: Finding | None,
        fails: Fails,
        partly: str | None = None,
    ) -> Verdict:
        why = (found.error or _told(found.difference)) if found else partly
        example = None
        if found:
            self._progress(f"{guarantee.title}: failed, looking for the smallest example")
            example = self._example(found, fails)
        return Verdict(
            guarantee.name,
            guarantee.title,
            FAILED if found else HELD,
            why,
            tried,
            time.monotonic() - begun,
            self._reproduce(guarantee.name),
            example,
        )

    def _example(self, found: Finding, fails: Fails) -> Example:
        is_smallest = False
        if self._searches:
            deadline = self._stage.deadline
            now = time.monotonic()
            self._stage.deadline = now + _SEARCH_SHARE * max(0.0, deadline - now)
            try:
                found, is_smallest = smallest(found, fails, self._stage.deliveries, self._stage.key)
            finally:
                self._stage.deadline = deadline
        deliveries = self._stage.deliveries
        return Example(
            columns=deliveries.columns,
            batches=[
                ExampleBatch(
                    batch.label, len(batch.rows), deliveries.read(replace(batch, rows=batch.rows[:SHOWN_ROWS]))
                )
                for batch in found.batches
            ],
            steps=found.steps,
            expected_steps=found.expected_steps,
            error=found.error,
            difference=found.difference,
            is_smallest=is_smallest,
        )

    def _not_tried(
        self, guarantee: Guarantee, verdict: str, why: str | None, tried: int = 0, seconds: float = 0.0
    ) -> Verdict:
        return Verdict(guarantee.name, guarantee.title, verdict, why, tried, seconds, self._reproduce(guarantee.name))


def _failed_load(batches: Sequence[Batch], failed: LoadFailed) -> Finding:
    loaded = batches[: failed.step // 2 + 1]
    steps = list(map(str, plain(loaded)))
    return Finding(list(loaded), steps, [], error=failed.message, difference=None)


def _repeated(batches: Sequence[Batch], state: State) -> Finding | None:
    difference = repeated_keys(state)
    steps = list(map(str, plain(batches)))
    return difference and Finding(list(batches), steps, [], error=None, difference=difference)


def _told(difference: Difference | None) -> str | None:
    """Say in a line how two states differ."""
    if difference is None:
        return None
    told = [
        f"{counted(found, what)} instead of {expected:,}"
        for what, (expected, found) in (("row", difference.row_count), ("key", difference.key_count))
        if expected != found
    ]
    if not difference.contents_equal and not told:
        told.append(f"{counted(max(len(difference.missing), len(difference.unexpected)), 'row')} with other contents")
    if difference.contents_equal:
        told.append("the same rows with other generated ids")
    return ", ".join(told)
