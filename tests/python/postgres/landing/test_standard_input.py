"""What comes by standard input lands once, as a file does."""

import hashlib
import io
import json
import os
import stat
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from onerow.cli import onerow
from onerow.errors import BatchIdReused, FileUnreadable
from onerow.landing.delivered_file import STANDARD_INPUT, DeliveredFile

ONE = b"device_id,site\nd1,x\nbroken\n"
OTHER = b"device_id,site\nd2,y\n"


@pytest.fixture
def pipe(monkeypatch):
    """Return what makes bytes the standard input, in a real pipe: it cannot be read twice."""

    def put(content):
        reading, writing = os.pipe()
        os.write(writing, content)
        os.close(writing)
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(os.fdopen(reading, "rb")))

    return put


def test_standard_input_lands_exactly_once(inbox, pipe, database):
    """Guard: the copy that is read twice; the comparison of hashes."""
    delivery = {"batch_id": "b", "input_format": "csv"}
    pipe(ONE)
    landed = inbox.land_one(STANDARD_INPUT, **delivery)
    assert (landed.row_count, landed.rejected_count, landed.already_landed) == (1, 1, False)
    assert landed.content_sha256 == hashlib.sha256(ONE).hexdigest()
    pipe(ONE)
    assert inbox.land_one(STANDARD_INPUT, **delivery).already_landed
    pipe(OTHER)
    error = inbox.refusal_of(STANDARD_INPUT, **delivery)
    assert isinstance(error, BatchIdReused)
    assert all(hashlib.sha256(content).hexdigest() in str(error) for content in (ONE, OTHER))
    assert database.rows("select batch_id, location from onerow.batches") == [("b", "/dev/stdin")]


def test_the_copy_is_for_nobody_else_and_does_not_stay(pipe, tmp_path, monkeypatch):
    """Guard: a file without a name, of mode 0600, whatever the umask."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    before = os.umask(0)
    try:
        pipe(ONE)
        with DeliveredFile(STANDARD_INPUT, "csv") as delivered:
            assert stat.S_IMODE(Path(delivered.open_path).stat().st_mode) == 0o600
            assert list(tmp_path.iterdir()) == []
            assert delivered.size == len(ONE)
    finally:
        os.umask(before)


def test_a_disk_that_is_full_is_said(inbox, pipe, monkeypatch):
    """Guard: OSError becomes FileUnreadable, before anything is written."""
    inbox.land_one(inbox.devices("a.csv", 1))
    monkeypatch.setattr("tempfile.TemporaryFile", lambda: Path("/dev/full").open("r+b", buffering=0))  # noqa: SIM115
    pipe(ONE)
    error = inbox.refusal_of(STANDARD_INPUT, batch_id="b", input_format="csv")
    assert isinstance(error, FileUnreadable)
    assert "No space left on device" in str(error)


def test_the_command_takes_json_lines_from_a_pipe(inbox, database):
    """Guard: --input-format reaches the parser; `-` is the standard input."""
    project = ["--project-dir", str(inbox.project.project_dir), "--profiles-dir", str(inbox.project.profiles_dir)]
    options = ["--batch-id", "b", "--input-format", "jsonl", "--format", "json"]
    result = CliRunner().invoke(onerow, ["land", *project, "devices", "-", *options], input=b'{"device_id": "d1"}\n')
    assert result.exit_code == 0, result.output
    [landed] = json.loads(result.stdout)
    assert (landed["file"], landed["batch_id"], landed["row_count"]) == ("/dev/stdin", "b", 1)
    assert database.rows("select device_id from landing.devices") == [("d1",)]
