"""What the chaos suite takes for a clear error."""

import pytest

from chaos.clear import cause, unclear
from harness.processes import Finished

_LOST = "onerow: f.csv: server closed the connection unexpectedly"


def ended(returncode, stderr="", stdout="", program="onerow"):
    return Finished([program, "land"], returncode, stdout, stderr)


@pytest.mark.parametrize(
    ("run", "problem"),
    [
        (ended(0), None),
        (ended(1, _LOST), None),
        (ended(2, stdout="Database Error\n  the database system is starting up", program="dbt"), None),
        (ended(2, _LOST), "exit code 2"),
        (ended(-11), "exit code -11"),
        (ended(3, "2 differences"), "differences where there are none"),
        (ended(1), "it failed in silence"),
        (ended(1, "Traceback (most recent call last):\n" + _LOST), "a traceback"),
        (ended(1, "onerow: 'NoneType' object is not subscriptable"), "an error that names no cause"),
        (ended(1, stdout="Got 2 results, configured to fail if != 0", program="dbt"), "a test failed"),
    ],
)
def test_an_end_is_clear_or_it_is_said_why_not(run, problem):
    assert unclear(run, was_killed=False) == problem


def test_a_killed_process_need_not_explain_itself():
    assert unclear(ended(-9), was_killed=True) is None
    assert unclear(ended(-9), was_killed=False) == "exit code -9"


def test_the_cause_is_named():
    assert cause(ended(1, _LOST)) == "connection lost"
    assert cause(ended(1, "canceling statement due to statement timeout")) == "statement timeout"
    assert cause(ended(1, "marts.devices is being loaded by pid 1")) == "lock timeout"
    assert cause(ended(1, "could not extend file: No space left on device")) == "disk full"
    assert cause(ended(0)) is None
