"""Verdicts on what a stage plays, without a database."""

from collections import Counter
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

from onerow.prove.batch import Batch
from onerow.prove.guarantees import GUARANTEES, Trial, plain
from onerow.prove.judge import Judge
from onerow.prove.report import FAILED, HELD, NOT_APPLICABLE, NOT_TRIED, Verdict
from onerow.prove.runs import TimeUp
from onerow.prove.stage import LoadFailed, NeverMet
from onerow.prove.state import State

BATCHES = [Batch(1, "batch 1", (1,)), Batch(2, "batch 2", (1,))]
STATE = State(("key",), ("key",), (), Counter([("a",)]))
TRIAL = Trial(BATCHES, True, True, False, 3, 1, 5, None)
_BY_NAME = {guarantee.name: guarantee for guarantee in GUARANTEES}


def judged(name: str, outcome: Any) -> Verdict:
    """The verdict on a guarantee whose every arrangement comes out so; the plain one is well."""

    def play(steps: Sequence[Any]) -> Any:
        if steps == plain(BATCHES):
            return STATE
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    deliveries = SimpleNamespace(batches=BATCHES, columns=["key"], read=lambda batch: [("a",)])
    stage = SimpleNamespace(
        play=play, read=lambda: STATE, warm_up=lambda: None, learn=lambda: None, deliveries=deliveries, key=("key",)
    )
    judge = Judge("model", stage, lambda guarantee: f"again {guarantee}", searches=False, progress=lambda text: None)
    assert judge.load_plainly().verdict == HELD
    return judge.judge(_BY_NAME[name], TRIAL)


def test_what_comes_out_the_same_holds():
    """Guard: all arrangements are played."""
    found = judged("killed", STATE)
    assert (found.verdict, found.tried, found.example) == (HELD, 3, None)


def test_a_load_that_breaks_is_a_failure():
    """Guard: the message is told, with the command that tries it again."""
    found = judged("run_twice", LoadFailed(3, "deadlock detected"))
    assert (found.verdict, found.why, found.reproduce) == (FAILED, "deadlock detected", "again run_twice")
    assert found.example.error == "deadlock detected"


def test_what_ran_out_of_time_is_not_held():
    """Guard: a guarantee that was tried in part is not one that was tried."""
    assert judged("run_twice", TimeUp()).verdict == NOT_TRIED


def test_runs_that_never_met_prove_nothing():
    """Guard: a verdict without an overlap is no `held`."""
    found = judged("runs_at_once", NeverMet("0 of 3 runs could be held at once"))
    assert (found.verdict, found.why) == (NOT_APPLICABLE, "0 of 3 runs could be held at once")
