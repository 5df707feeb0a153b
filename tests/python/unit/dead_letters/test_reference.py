"""Dead letters in JSON and in words."""

import json
from dataclasses import fields
from pathlib import Path

import pytest

from onerow.dead_letters.corrections import as_row, read_corrections
from onerow.dead_letters.discard import Discarded
from onerow.dead_letters.letters import Chosen
from onerow.dead_letters.read import Count, LetterInWords
from onerow.dead_letters.replay import ReplayBatch, Replayed
from onerow.errors import CorrectionsRefused, LettersRefused
from onerow.landing.records import Row
from onerow.project.contract import Column, Source

REFERENCE = (Path(__file__).parents[4] / "docs/reference/dead-letters-json.md").read_text(encoding="utf-8")
THINGS = Source(
    "things", "landing", "things", (Column("thing", "text", True), Column("value", "numeric", False)), ("thing",)
)


@pytest.mark.parametrize("record", [Count, LetterInWords, Replayed, ReplayBatch, Discarded])
def test_every_name_of_the_json_is_described(record):
    """Guard: docs/reference/dead-letters-json.md."""
    assert [field.name for field in fields(record) if f"`{field.name}`" not in REFERENCE] == []


def test_chosen_letters_are_named_in_words():
    """Guard: Chosen.__str__, which errors and waits are about."""
    chosen = (Chosen("things"), Chosen("things", 2), Chosen("things", 2, (3,)), Chosen("things", 2, (3, 5)))
    assert list(map(str, chosen)) == [
        "things", "batch 2 of things", "line 3 of batch 2 of things", "lines 3, 5 of batch 2 of things",
    ]  # fmt: skip


def test_corrections_keep_the_text_that_was_written(tmp_path):
    """No number passes through a float; what helps to correct is no value. Guard: _read."""
    file = tmp_path / "corrected.jsonl"
    file.write_text(
        '{"_batch_no": 1, "_line_number": 7, "_reasons": ["a"], "_raw": "b",'
        ' "thing": "x", "value": 1.50, "colour": 1E400}'
    )
    assert read_corrections(THINGS, file) == {(1, 7): Row(7, ["x", "1.50"], {"colour": "1E400"})}


def test_a_row_as_it_was_delivered_has_what_the_contract_does_not_know_beside_it():
    """Guard: as_row."""
    raw = json.loads('{"colour": "red", "thing": "x"}')
    assert as_row(THINGS, 7, raw) == Row(7, ["x", None], {"colour": "red"})
    assert as_row(THINGS, 7, {"thing": "x", "value": "1"}) == Row(7, ["x", "1"], None)


def test_a_message_names_the_first_problems_and_how_many_more():
    """Guard: _first of the errors."""
    problems = [f"problem {number}" for number in range(12)]
    for refused in (LettersRefused("things", problems), CorrectionsRefused("things", "file", problems)):
        assert "problem 9; and 2 more. Nothing" in str(refused)
        assert refused.problems == problems
