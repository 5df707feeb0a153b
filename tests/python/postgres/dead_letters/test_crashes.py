"""A replay that is killed leaves nothing, and the same command again delivers each letter once."""

import json

import pytest


@pytest.mark.parametrize(
    ("table", "mode"),
    [("landing.devices", "share row exclusive"), ("onerow.dead_letters", "share")],
    ids=["before its rows have landed", "before the letters are marked"],
)
def test_the_retry_of_a_killed_replay_lands_each_letter_once(project, database, gate, tmp_path, table, mode):
    """The retry is behind it already when it dies. Guards: one transaction; the lock on the letters."""
    file = tmp_path / "corrected.jsonl"
    row = {"_batch_no": 1, "_line_number": 2, "device_id": "k", "firmware": "1", "reported_at": "2026-05-01T12:00:00Z"}
    file.write_text(json.dumps(row))
    command = ("dead-letters replay", "devices", "--file", file)
    with gate.hold(table, mode):
        killed = project.start_onerow(*command)
        gate.wait_until_waiting(1, [killed], of="onerow dead-letters")
        retry = project.start_onerow(*command)
        gate.wait_until_waiting(2, [killed, retry], of="onerow dead-letters")
        killed.kill()
    assert killed.wait().returncode == -9
    retry.wait().succeeded()
    landed = database.rows("select _batch_no, _line_number from landing.devices where device_id = 'k'")
    replayed = database.rows("select replayed_as, line_number from onerow.dead_letters where status = 'replayed'")
    assert len(landed) == 1
    assert landed == replayed
    assert database.value("select count(*) from onerow.batches") == 3
