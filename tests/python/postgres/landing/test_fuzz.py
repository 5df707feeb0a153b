"""Any bytes: they land right, are dead letters, or are refused with a message of ours; nothing lands by half.

A short cut by default, the same each time. Longer, and other examples each time:
pytest tests/python -k fuzz --hypothesis-profile=fuzz
"""

import csv
import gzip
import io
import json
from collections.abc import Iterator

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from onerow.errors import OnerowError
from onerow.landing.compression import zstd
from onerow.landing.delivery import Delivery, Landed
from onerow.landing.land import land_file
from onerow.ledger.setup import connect, ensure_tables
from postgres.landing.conftest import Inbox
from postgres.landing.corpus import corpus

EXTENSIONS = (".csv", ".jsonl", ".csv.gz", ".csv.zst", ".jsonl.gz", ".jsonl.zst", ".parquet")
_COMPRESS = {".gz": gzip.compress, ".zst": zstd.compress}
# What a parser may take for a mark of its own.
_MARKS = (
    *("\n", "\r\n", '"', ",", "{", "}", "[", "]", ":", "\\", "\\u0000", "\\.", "\0"),
    *("\ufeff", "device_id", "null", "é"),
)
_LARGE = 20_000
# Without a profile the examples are the same each time: what others change must not fail by chance.
_fuzzed = settings(
    deadline=None,
    database=None,
    derandomize=settings().max_examples == settings.get_profile("default").max_examples,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)


class Landing:
    """Lands content in one session, as batches of devices with numbered names."""

    def __init__(self, inbox: Inbox, connection: psycopg.Connection):
        self._inbox = inbox
        self._connection = connection
        self._source = inbox.project.source("devices")
        self.count = 0

    def land(self, extension: str, content: bytes) -> Landed | OnerowError:
        """Land content; return what became of it. Whatever else is raised fails the test."""
        self.count += 1
        file = self._inbox.write(f"{self.count}{extension}", content)
        delivery = Delivery(batch_id=file.name)
        try:
            return land_file(self._connection, "onerow", self._source, file, delivery=delivery)
        except OnerowError as error:
            assert file.name in str(error)
            return error
        finally:
            file.unlink()

    def rows(self, batch: Landed) -> list[tuple]:
        """Return the values of a batch's rows, in the order of the contract."""
        columns = ", ".join(self._source.column_names)
        query = f"select {columns}, _unexpected from landing.devices where _batch_no = %s order by _line_number"
        return self._connection.execute(query, [batch.batch_no]).fetchall()

    def letters(self, batch: Landed) -> int:
        """Return how many dead letters a batch has."""
        query = "select count(*) from onerow.dead_letters where batch_no = %s"
        return self._connection.execute(query, [batch.batch_no]).fetchone()[0]

    @property
    def nothing_of_last(self) -> bool:
        """Whether the last file has left nothing, and no transaction is open."""
        query = "select count(*) from onerow.batches where batch_id like %s"
        [found] = self._connection.execute(query, [f"{self.count}.%"]).fetchone()
        return found == 0 and self._connection.info.transaction_status == psycopg.pq.TransactionStatus.IDLE


@pytest.fixture
def landing(inbox: Inbox) -> Iterator[Landing]:
    with connect(inbox.project, "fuzz") as connection:
        ensure_tables(inbox.project, connection)
        yield Landing(inbox, connection)


@pytest.fixture(scope="module")
def seeds(tmp_path_factory) -> dict[str, list[bytes]]:
    """The small files of the corpus, unpacked, by format."""
    found: dict[str, list[bytes]] = {"csv": [], "jsonl": [], "parquet": []}
    for file in corpus(tmp_path_factory.mktemp("corpus")):
        extension = file.name.rsplit(".", 1)[-1]
        if extension in found and len(file.content) < _LARGE:
            found[extension].append(file.content)
    return found


@st.composite
def changed(draw: st.DrawFn, seeds: list[bytes]) -> bytes:
    """Draw a file that was well, or hostile already, with pieces put in, taken out, or taken from another one."""
    content = draw(st.sampled_from(seeds))
    for _ in range(draw(st.integers(0, 4))):
        start, end = sorted(draw(st.tuples(*[st.integers(0, len(content))] * 2)))
        piece = draw(
            st.one_of(
                st.binary(max_size=8),
                st.sampled_from([mark.encode() for mark in _MARKS]),
                st.sampled_from(seeds).map(lambda other: other[:64]),
            )
        )
        content = content[:start] + piece + content[draw(st.sampled_from((start, end))) :]
    return content


@pytest.mark.parametrize("extension", EXTENSIONS)
def test_fuzzed_bytes_land_whole_or_not_at_all(landing, seeds, extension):
    """Guards: each refusal of the parsers; the transaction in land_file."""
    name, _, packed = extension[1:].partition(".")
    unpacked = st.one_of(changed(seeds[name]), st.binary(max_size=200))
    compress = _COMPRESS.get(f".{packed}", bytes)

    @_fuzzed
    @given(content=unpacked, is_whole=st.integers(0, 3), cut=st.binary(max_size=8))
    def land(content: bytes, is_whole: int, cut: bytes) -> None:
        delivered = compress(content)
        if not is_whole:
            delivered = delivered[: -len(cut) or None] + cut
        outcome = landing.land(extension, delivered)
        if isinstance(outcome, Landed):
            assert len(landing.rows(outcome)) == outcome.row_count
            assert landing.letters(outcome) == outcome.rejected_count
        else:
            assert landing.nothing_of_last

    land()


# PostgreSQL's text holds no NUL, and no file that is UTF-8 holds half of a surrogate pair.
_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
_RECORDS = st.lists(st.tuples(*[_TEXT] * 6), min_size=1, max_size=3)


def test_fuzzed_records_written_as_csv_land_as_they_are(landing):
    """By Python's own writer. An empty field is NULL, and CR LF within quotes stays. Guard: csv_records.py."""

    @_fuzzed
    @given(records=_RECORDS, line_end=st.sampled_from(["\n", "\r\n"]))
    def land(records: list[tuple[str, ...]], line_end: str) -> None:
        text = io.StringIO()
        writer = csv.writer(text, lineterminator=line_end, quoting=csv.QUOTE_ALL)
        writer.writerows([("device_id", "model", "firmware", "site", "status", "reported_at"), *records])
        batch = landing.land(".csv", text.getvalue().encode())
        assert isinstance(batch, Landed), batch
        assert [row[:6] for row in landing.rows(batch)] == [tuple(value or None for value in each) for each in records]

    land()


def test_fuzzed_records_written_as_json_lines_land_as_they_are(landing):
    """By Python's own writer; NULL stays NULL, an empty text an empty text. Guard: json_records.py."""
    value = st.one_of(_TEXT, st.none(), st.booleans(), st.integers())
    records = st.lists(st.tuples(_TEXT, *[value] * 5), min_size=1, max_size=3)

    @_fuzzed
    @given(records=records, ascii_only=st.booleans())
    def land(records: list[tuple], ascii_only: bool) -> None:
        names = ("device_id", "model", "firmware", "site", "status", "reported_at")
        lines = [json.dumps(dict(zip(names, each, strict=True)), ensure_ascii=ascii_only) for each in records]
        batch = landing.land(".jsonl", "\n".join(lines).encode())
        assert isinstance(batch, Landed), batch
        assert [row[:6] for row in landing.rows(batch)] == [tuple(map(as_text, each)) for each in records]

    land()


def as_text(value: object) -> str | None:
    """Return a value as landing has it."""
    return value if value is None or isinstance(value, str) else json.dumps(value)
