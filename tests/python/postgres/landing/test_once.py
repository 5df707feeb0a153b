"""A batch lands exactly once."""

import gzip
import hashlib
from datetime import UTC, datetime

import pytest

from onerow.errors import BatchIdReused, WindowDiffers
from onerow.landing.compression import zstd

MAY_1, MAY_2, MAY_3 = (datetime(2026, 5, day, tzinfo=UTC) for day in (1, 2, 3))


def test_ledger_and_rows_say_the_same(inbox, database, landed_rows):
    """Guard: register_batch, copy_records, count_batch."""
    file = inbox.write("a.csv", "reported_at,device_id,status\n2026-05-01,d1,\n2026-05-02,d2,active\n\nbroken\n")
    landed = inbox.land_one(file, window=(MAY_1, MAY_3), extracted_at=MAY_2)
    sha256 = hashlib.sha256(file.read_bytes()).hexdigest()
    assert (landed.batch_no, landed.batch_id, landed.row_count, landed.rejected_count) == (1, sha256, 2, 1)
    assert database.rows(
        """
        select batch_no, source, batch_id, content_sha256, window_start, window_end, extracted_at, location,
            row_count, rejected_count, quarantined_at
        from onerow.batches
        """
    ) == [(1, "devices", sha256, sha256, MAY_1, MAY_3, MAY_2, str(file), 2, 1, None)]
    assert landed_rows() == [
        (1, 2, "d1", None, None, None, None, "2026-05-01", None),
        (1, 3, "d2", None, None, None, "active", "2026-05-02", None),
    ]


def test_a_batch_without_a_word_about_its_extraction_was_extracted_when_it_landed(inbox, database):
    """Guard: coalesce(extracted_at, clock_timestamp())."""
    inbox.land_one(inbox.devices("a.csv", 1))
    assert database.value(
        "select extracted_at between landed_at - interval '1 minute' and landed_at from onerow.batches"
    )


def test_landing_again_writes_nothing(inbox, database):
    """Guard: the look before the insert; without it a batch number is used up."""
    file = inbox.devices("a.csv", 3)
    first = inbox.land_one(file)
    everything = """
        select
            (select array_agg((xmin, t.*)::text) from onerow.batches as t),
            (select array_agg((xmin, t.*)::text) from landing.devices as t),
            (select max(last_value) from pg_sequences where schemaname = 'onerow')
    """
    before = database.rows(everything)
    again = inbox.land_one(file)
    assert database.rows(everything) == before
    assert (again.already_landed, again.batch_no, again.row_count) == (True, first.batch_no, 3)
    assert not first.already_landed


def test_a_compressed_copy_is_the_same_batch(inbox):
    """Guard: the hash is over the content after decompression."""
    file = inbox.devices("a.csv", 3)
    inbox.land_one(file)
    for extension, compress in ((".gz", gzip.compress), (".zst", zstd.compress)):
        assert inbox.land_one(inbox.write("b.csv" + extension, compress(file.read_bytes()))).already_landed


def test_a_batch_id_with_other_content_is_refused_with_both_hashes(inbox):
    """Guard: the comparison of hashes in _already_landed."""
    one, other = inbox.devices("a.csv", 1), inbox.devices("b.csv", 2)
    inbox.land_one(one, batch_id="2026-05-01")
    error = inbox.refusal_of(other, batch_id="2026-05-01")
    assert isinstance(error, BatchIdReused)
    assert error.batch_no == 1
    for file in (one, other):
        assert hashlib.sha256(file.read_bytes()).hexdigest() in str(error)
    assert inbox.land_one(one, batch_id="2026-05-01").already_landed


def test_the_same_content_under_a_new_batch_id_is_a_new_batch(inbox):
    """Guard: the key of a batch is its id. A, then B, then A again is a real history."""
    file = inbox.devices("a.csv", 1)
    assert [inbox.land_one(file, batch_id=batch_id).batch_no for batch_id in ("x", "y")] == [1, 2]
    assert inbox.written()[:2] == (2, 2)


def test_the_same_content_for_another_window_is_not_taken_for_landed(inbox):
    """Guard: WindowDiffers; two empty files for two windows are two batches."""
    file = inbox.devices("a.csv", 0)
    inbox.land_one(file, window=(MAY_1, MAY_2))
    assert inbox.land_one(file, window=(MAY_1, MAY_2)).already_landed
    assert inbox.land_one(file).already_landed
    error = inbox.refusal_of(file, window=(MAY_2, MAY_3))
    assert isinstance(error, WindowDiffers)
    assert "[2026-05-01T00:00:00+00:00, 2026-05-02T00:00:00+00:00)" in str(error)
    assert not inbox.land_one(file, window=(MAY_2, MAY_3), batch_id="2026-05-02").already_landed


def test_a_quarantined_batch_says_so(inbox, database):
    """Guard: quarantined_at of the known batch."""
    file = inbox.devices("a.csv", 1)
    inbox.land_one(file)
    database.execute("update onerow.batches set quarantined_at = now()")
    assert inbox.land_one(file).quarantined


@pytest.mark.parametrize(("name", "content"), [("a.csv", "device_id\n"), ("a.jsonl", ""), ("b.jsonl", "\n\n")])
def test_a_file_without_rows_is_a_batch(inbox, name, content):
    """Guard: nothing to copy is nothing wrong."""
    landed = inbox.land_one(inbox.write(name, content))
    assert (landed.batch_no, landed.row_count, landed.already_landed) == (1, 0, False)
    assert inbox.written()[:3] == (1, 0, 0)


def test_many_small_files_take_one_connection(inbox, monkeypatch):
    """Guard: a connection a call and not a file; a transaction a file, and none is left open."""
    opened = []
    connect = inbox.project.connect

    def counted(_, *args, **options):
        opened.append(connect(*args, **options))
        return opened[-1]

    monkeypatch.setattr(type(inbox.project), "connect", counted)
    files = [inbox.write(f"{n}.csv", f"device_id\nd{n}\n") for n in range(50)]
    assert [landed.batch_no for landed in inbox.land(*files)] == list(range(1, 51))
    assert (len(opened), opened[0].closed) == (1, True)
    assert inbox.written()[:2] == (50, 50)
