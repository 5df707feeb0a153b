"""The sample batches are what their script writes."""

import gzip
import importlib.util
from pathlib import Path

EXAMPLES = Path(__file__).parents[4] / "examples"


def _make_batches():
    spec = importlib.util.spec_from_file_location("make_batches", EXAMPLES / "make_batches.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _delivered(file):
    """The content of a file; another zlib may compress it to other bytes."""
    return gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()


def test_the_script_writes_the_same_bytes_each_time(tmp_path):
    """Guard: the seed of the draws."""
    first, second = (_make_batches().write_batches(tmp_path / name) for name in ("first", "second"))
    assert [file.read_bytes() for file in first] == [file.read_bytes() for file in second]


def test_a_compressed_batch_does_not_say_when_it_was_written(tmp_path):
    """Guard: mtime=0 in _gzip."""
    compressed = [file for file in _make_batches().write_batches(tmp_path) if file.suffix == ".gz"]
    assert {file.read_bytes()[4:8] for file in compressed} == {bytes(4)}


def test_the_checked_in_batches_are_those_of_the_script(tmp_path):
    """Guard: the files are never edited by hand."""
    checked_in = sorted((EXAMPLES / "batches" / "devices").iterdir())
    written = _make_batches().write_batches(tmp_path)
    assert [file.name for file in checked_in] == [file.name for file in written]
    assert [_delivered(file) for file in checked_in] == [_delivered(file) for file in written]


def test_the_retry_delivers_the_content_of_the_first_batch():
    """Guard: 02 is written from the bytes of 01."""
    batches = EXAMPLES / "batches" / "devices"
    assert _delivered(batches / "02_full_retry.csv.gz") == _delivered(batches / "01_full.csv")
