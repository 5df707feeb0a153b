"""Which files are meant, and how they are read."""

import gzip
import hashlib
import os

import pytest

from onerow.errors import FileChanged, FileUnreadable, WrongUse
from onerow.landing import delivered_file
from onerow.landing.compression import zstd
from onerow.landing.delivered_file import DeliveredFile, expand, location_of


def ignore(done, size):
    pass


@pytest.fixture
def write(tmp_path):
    def write_content(name, content):
        file = tmp_path / name
        file.write_bytes(content)
        return file

    return write_content


def lines_of(file):
    with DeliveredFile(file) as delivered:
        return list(delivered.lines(delivered.sha256(ignore), ignore))


def refusal_of(file):
    with pytest.raises(FileUnreadable) as refused:
        lines_of(file)
    assert refused.value.file == str(file)
    return refused.value.reason


@pytest.mark.parametrize(
    ("name", "known_as"),
    [("a.csv", "csv"), ("a.CSV", "csv"), ("a.b.jsonl", "jsonl"), ("a.ndjson", "jsonl")],
)
def test_the_extension_tells_the_format(write, name, known_as):
    """Guard: FORMATS."""
    with DeliveredFile(write(name, b"x")) as delivered:
        assert delivered.format == known_as
    for extension, compress in ((".gz", gzip.compress), (".ZST", zstd.compress)):
        with DeliveredFile(write(name + extension, compress(b"x"))) as delivered:
            assert delivered.format == known_as


@pytest.mark.parametrize("name", ["a.txt", "csv", ".csv", "a.gz", "a.zst", "a.csv.zip", "a.csv.gz.zst", "a.json"])
def test_an_unknown_extension_is_refused(write, name):
    """Guard: FORMATS; a hidden file named .csv has no extension."""
    assert refusal_of(write(name, b"x")).startswith("unknown format; a name ends in .csv, .jsonl, .ndjson")


def test_a_missing_file_a_directory_and_a_pipe_are_refused(tmp_path):
    """Guard: what open and fstat say. Opening the pipe does not wait for a writer."""
    assert refusal_of(tmp_path / "missing.csv") == "No such file or directory"
    assert refusal_of(tmp_path).startswith("it is a directory")
    os.mkfifo(tmp_path / "pipe.csv")
    assert refusal_of(tmp_path / "pipe.csv").startswith("it is not a regular file")


def test_lines_end_at_lf_only_and_keep_their_ends(write):
    """Guard: io.StringIO without translation."""
    assert lines_of(write("a.csv", "a\r\nb\rc\u2028d\x0b\n\ne".encode())) == ["a\r\n", "b\rc\u2028d\x0b\n", "\n", "e"]


def test_a_byte_order_mark_is_skipped_at_the_beginning_only(write):
    """Guard: the mark is removed from the first block."""
    assert lines_of(write("a.csv", b"\xef\xbb\xbfa\n\xef\xbb\xbfb\n")) == ["a\n", "\ufeffb\n"]
    assert lines_of(write("b.csv", b"\xef\xbb\xbf")) == []


@pytest.mark.parametrize("block", [1, 2, 3, 7, 1024])
def test_lines_do_not_depend_on_where_blocks_end(write, monkeypatch, block):
    """Guard: what follows the last line end of a block waits for the next one, characters of several bytes too."""
    monkeypatch.setattr(delivered_file, "_BLOCK", block)
    content = "\ufeffä,€\r\n\n😀\nlast"
    file = write("a.csv.gz", gzip.compress(content.encode()))
    assert lines_of(file) == ["ä,€\r\n", "\n", "😀\n", "last"]


def test_an_empty_file_has_no_lines(write):
    """Guard: nothing is made up for an empty rest."""
    assert lines_of(write("a.jsonl", b"")) == []
    assert lines_of(write("a.jsonl.gz", gzip.compress(b""))) == []


def test_the_hash_is_that_of_the_content_after_decompression(write):
    """Guard: a file and its compressed copy are the same batch."""
    content = b"id\n1\n" * 1000
    for file in (write("a.csv", content), write("b.csv.gz", gzip.compress(content[:10]) + gzip.compress(content[10:]))):
        with DeliveredFile(file) as delivered:
            assert delivered.sha256(ignore) == hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize("block", [4, 1024])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_what_is_not_utf8_is_refused_with_its_place(write, monkeypatch, block, mark):
    """Guard: strict decoding; offset and line are those of the content, whatever the blocks and the mark."""
    monkeypatch.setattr(delivered_file, "_BLOCK", block)
    reason = refusal_of(write("a.csv", mark + b"id\nok\nM\xfcnchen\n"))
    assert reason == f"not UTF-8: byte 0xfc at offset {len(mark) + 7} of the content, line 3"


def test_a_character_cut_off_at_the_end_is_refused(write):
    """Guard: the rest after the last line end is decoded as strictly."""
    assert refusal_of(write("a.csv", b"id\n\xc3")) == "not UTF-8: byte 0xc3 at offset 3 of the content, line 2"


def test_utf16_is_refused(write):
    """Guard: strict decoding."""
    assert refusal_of(write("a.csv", "id\n1\n".encode("utf-16"))).startswith("not UTF-8: byte 0xff at offset 0")


def test_broken_gzip_is_refused(write):
    """Guard: truncation, damage and what is no gzip at all are seen in the first reading."""
    whole = gzip.compress(os.urandom(5000))
    damaged = bytearray(whole)
    damaged[2500] ^= 0xFF
    for content in (whole[:-1], whole[:2500], bytes(damaged), whole + b"rubbish", b"id\n1\n"):
        file = write("a.csv.gz", content)
        with DeliveredFile(file) as delivered, pytest.raises(FileUnreadable, match="broken gzip"):
            delivered.sha256(ignore)


def test_an_empty_file_that_should_be_gzip_is_refused(write):
    """Guard: Python's gzip module reads zero bytes as an empty stream."""
    assert refusal_of(write("a.jsonl.gz", b"")) == "it is empty, and an empty file is no gzip file"


def test_zstd_is_read_frame_by_frame_and_hashed_after_decompression(write):
    """Guard: a file of several frames, one of them to be skipped, is one content."""
    content = b"id\n1\n" * 1000
    skippable = b"\x50\x2a\x4d\x18" + (4).to_bytes(4, "little") + b"note"
    file = write("a.csv.zst", zstd.compress(content[:10]) + skippable + zstd.compress(content[10:]))
    with DeliveredFile(file) as delivered:
        sha256 = delivered.sha256(ignore)
        assert sha256 == hashlib.sha256(content).hexdigest()
        assert "".join(delivered.lines(sha256, ignore)).encode() == content


def test_broken_zstd_is_refused(write):
    """Guard: truncation, damage (where there is a checksum), and what is no zstd are seen in the first reading."""
    whole = zstd.compress(os.urandom(5000), options={zstd.CompressionParameter.checksum_flag: True})
    damaged = bytearray(whole)
    damaged[2500] ^= 0xFF
    for content in (whole[:-1], whole[:2500], bytes(damaged), whole + b"rubbish", b"id\n1\n"):
        assert refusal_of(write("a.csv.zst", content)).startswith("broken zstd: ")
    assert refusal_of(write("a.csv.zst", b"")) == "it is empty, and an empty file is no zstd file"


@pytest.mark.parametrize("window_log", [27, 28])
def test_a_frame_that_wants_more_memory_than_granted_is_refused(write, window_log):
    """Guard: WINDOW_LIMIT_LOG. The frame names its window; beyond 128 MiB nothing of it is read."""
    compressor = zstd.ZstdCompressor(options={zstd.CompressionParameter.window_log: window_log})
    file = write("a.csv.zst", compressor.compress(b"id\n1\n") + compressor.flush())
    if window_log > 27:
        assert "requires too much memory" in refusal_of(file)
    else:
        assert lines_of(file) == ["id\n", "1\n"]


def test_little_that_decompresses_to_much_comes_in_blocks(write):
    """Guard: a block of content at a time, whatever a block of the file expands to."""
    with DeliveredFile(write("a.csv.zst", zstd.compress(b"x" * 50_000_000))) as delivered:
        assert delivered.size < 5_000
        assert max(map(len, delivered._blocks(ignore))) <= delivered_file._BLOCK


@pytest.mark.parametrize("rest", [b"", b"\n", b"\nb\n"])
def test_a_line_beyond_the_limit_is_refused(write, monkeypatch, rest):
    """Guard: _refuse_long_line, which bounds what is held of a line."""
    monkeypatch.setattr(delivered_file, "RECORD_LIMIT", 2**20)
    assert refusal_of(write("a.csv", b"id\n" + b"x" * (2**20 + 1) + rest)) == "line 2 is longer than 1 MiB"
    assert lines_of(write("b.csv", b"id\n" + b"x" * (2**20 - 1) + rest))[1].strip() == "x" * (2**20 - 1)


def test_a_file_that_changes_between_the_readings_is_refused(write):
    """Guard: the second reading's hash."""
    file = write("a.csv", b"id\n1\n")
    with DeliveredFile(file) as delivered:
        sha256 = delivered.sha256(ignore)
        with file.open("ab") as growing:
            growing.write(b"2\n")
        with pytest.raises(FileChanged):
            list(delivered.lines(sha256, ignore))


def test_a_file_that_is_replaced_between_the_readings_is_read_as_it_was(write):
    """Guard: the file is opened once."""
    file = write("a.csv", b"id\n1\n")
    with DeliveredFile(file) as delivered:
        sha256 = delivered.sha256(ignore)
        write("new.csv", b"id\n2\n").replace(file)
        assert list(delivered.lines(sha256, ignore)) == ["id\n", "1\n"]


def test_progress_ends_with_the_size_on_disk(write):
    """Guard: on_read is told bytes of the file, not of its content."""
    told = []
    file = write("a.csv.gz", gzip.compress(b"id\n" * 2_000_000))
    with DeliveredFile(file) as delivered:
        delivered.sha256(lambda done, size: told.append((done, size)))
    assert told[-1] == (file.stat().st_size, file.stat().st_size)


def test_patterns_are_expanded_sorted_and_each_file_is_taken_once(write, tmp_path):
    """Guard: expand."""
    files = [write(name, b"") for name in ("b.csv", "a.csv", "c.jsonl")]
    assert expand((str(tmp_path / "*.csv"), str(files[0]))) == [files[1], files[0]]


def test_a_name_that_looks_like_a_pattern_is_taken_as_it_is(write):
    """Guard: an existing file is no pattern."""
    file = write("data[1].csv", b"")
    write("data1.csv", b"")
    assert expand((str(file),)) == [file]


def test_a_pattern_without_a_match_is_wrong_use(tmp_path):
    """Guard: nothing found is not nothing to do."""
    with pytest.raises(WrongUse, match=r"no file matches '.*\*\.csv'"):
        expand((str(tmp_path / "*.csv"),))


def test_a_name_that_is_not_utf8_is_shown_with_escapes(tmp_path):
    """Guard: the server would refuse a location with lone surrogates."""
    assert location_of(tmp_path / os.fsdecode(b"M\xfcnchen.csv")) == f"{tmp_path}/M\\xfcnchen.csv"
