"""A discarded letter stays on record, with who gave it up, when and why."""

import pytest

from onerow.dead_letters.discard import Discarded, discard_letters
from onerow.dead_letters.letters import Chosen
from onerow.dead_letters.replay import replay_letters
from onerow.errors import LettersRefused

LETTERS = "select batch_no, line_number, status, settled_reason from onerow.dead_letters order by 1, 2"


def test_discarded_letters_stay_on_record_and_out_of_the_mart(job, connection, database, load, differences):
    """Also when the mart is built anew. Guard: _mark of discard_letters, and is_refused of the rules."""
    first = discard_letters(job, connection, Chosen("devices", 1, (2, 4)), "not ours")
    again = discard_letters(job, connection, Chosen("devices", 1, (2,)), "other")
    load("--full-refresh")

    assert (first, again) == (Discarded("devices", 2, 0), Discarded("devices", 0, 1))
    assert database.rows(LETTERS) == [
        (1, 2, "discarded", "not ours"), (1, 3, "open", None), (1, 4, "discarded", "not ours"), (2, 2, "open", None),
    ]  # fmt: skip
    assert database.value(
        "select count(*) from onerow.dead_letters where settled_by = session_user and settled_at is not null"
    ) == 2  # fmt: skip
    assert database.rows("select device_id from marts.devices") == [("a",)]
    assert differences() == []


def test_what_is_settled_otherwise_is_not_discarded(job, connection, database):
    """Guard: count_settled; open letters that were named beside it stay open."""
    replay_letters(job, connection, Chosen("devices", 1, (2,)))

    with pytest.raises(LettersRefused, match=r"line 2 has been replayed; there is no dead letter of line 9\. Nothing"):
        discard_letters(job, connection, Chosen("devices", 1, (2, 3, 9)), "not ours")
    assert [status for _, _, status, _ in database.rows(LETTERS)] == ["replayed", "open", "open", "open"]

    assert discard_letters(job, connection, Chosen("devices", 1), "not ours") == Discarded("devices", 2, 0)
