"""What `onerow dead-letters list` and `show` say."""

import json
import shlex

import pytest
from click.testing import CliRunner

from onerow.cli import onerow
from onerow.commands.dead_letters import dead_letters
from onerow.dead_letters.discard import discard_letters
from onerow.dead_letters.letters import Chosen
from onerow.dead_letters.read import Count, count_letters, show_letters
from onerow.errors import LettersRefused, UnknownSource

NOWHERE = Chosen("nowhere", 1)


def test_letters_are_counted_by_batch_reason_and_status(job, connection):
    """Guard: the queries of count_letters."""
    discard_letters(job, connection, Chosen("devices", 1, (3,)), "a test")
    counts = count_letters(job, connection, "devices")

    assert counts.by_reason == [
        Count("devices", 1, "invalid_timestamptz:reported_at", "discarded", 1),
        Count("devices", 1, "malformed", "open", 1),
        Count("devices", 1, "missing:device_id", "open", 1),
        Count("devices", 2, "invalid_timestamptz:reported_at", "open", 1),
    ]
    assert counts.by_status == {"discarded": 1, "open": 3}
    assert count_letters(job, connection, "orders").by_reason == []
    assert count_letters(job, connection, status="open").by_status == {"open": 3}


def test_a_letter_is_shown_in_words_also_before_its_view_is_built(job, connection, database):
    """Guard: Project.query_of, which asks the model and not the database's view."""
    assert database.value("select to_regclass('marts_monitoring.dead_letters') is null")
    page = show_letters(job, connection, Chosen("devices", 1), 2)

    assert page.total == 3
    first, second = page.letters
    assert first.explanation == "device_id: A required value is missing or blank."
    assert first.remedy.startswith("Ask the sender for the value.")
    assert (first.status, first.history, first.batch_id) == ("open", None, first.batch_id)
    assert json.loads(second.raw)["reported_at"] == "yesterday"


def test_what_there_is_not_is_wrong_use(job, connection):
    """Guards: LettersRefused, UnknownSource."""
    with pytest.raises(
        LettersRefused, match=r"there is no such dead letter\. Those that there are: onerow dead-letters list"
    ):
        show_letters(job, connection, Chosen("devices", 7), 1)
    for read in (lambda: count_letters(job, connection, "nowhere"), lambda: show_letters(job, connection, NOWHERE, 1)):
        with pytest.raises(UnknownSource):
            read()


def test_commands_run_as_their_help_says(job, tmp_path, monkeypatch):
    """One after the other, the file that one prints being what the next reads. Guards: the epilogs, what is said."""
    monkeypatch.chdir(tmp_path)
    said = {}
    for name in ("list", "show", "export", "replay", "discard"):
        command, _, file = dead_letters.commands[name].epilog.removeprefix("Example: ").partition(" > ")
        result = run(job, *shlex.split(command)[1:])
        assert result.exit_code == 0, result.output
        said[name] = [" ".join(line.split()) for line in result.stdout.splitlines()]
        if file:
            letters = [json.loads(line) for line in said[name] if '"_raw"' not in line]
            (tmp_path / file).write_text("".join(json.dumps(letter) + "\n" for letter in letters))
    assert set(said) == set(dead_letters.commands)
    assert said["list"][1] == "devices 1 invalid_timestamptz:reported_at open 1"
    assert said["list"][-1] == "4 dead letters: 4 open"
    assert said["show"][0] == "line 2 of batch 1 of devices open"
    assert len(said["export"]) == 4
    assert said["replay"] == [
        "Batch 3 of devices delivers 2 dead letters of batch 1 again.",
        "Batch 4 of devices delivers 1 dead letter of batch 2 again.",
        "The next load takes them: dbt run",
    ]
    assert said["discard"] == ["1 dead letter of batch 1 of devices discarded."]


@pytest.mark.parametrize(
    "arguments",
    [
        ("replay", "devices", "1", "--file", "x.jsonl"),
        ("discard", "devices", "1"),
        ("discard", "devices", "1", "--reason", " "),
    ],
    ids=" ".join,
)
def test_wrong_use_exits_2_before_anything_is_read(job, arguments):
    """Guards: --file without BATCH_NO, and a reason that says something."""
    assert run(job, "dead-letters", *arguments).exit_code == 2


def run(job, *arguments):
    """Run a command in this process."""
    options = ["--project-dir", str(job.project_dir), "--profiles-dir", str(job.profiles_dir)]
    return CliRunner().invoke(onerow, [*arguments, *options], catch_exceptions=False)
