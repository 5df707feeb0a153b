"""How Parquet becomes rows. The files are written by DuckDB, or such a file with a few bytes changed."""

import json
import math
import random
import struct
import sys

import duckdb
import pytest

from onerow.errors import FileChanged, FileUnreadable
from onerow.landing.delivered_file import DeliveredFile
from onerow.landing.header import HeaderRefused
from onerow.landing.json_records import JsonRecords
from onerow.landing.parquet_records import ParquetRecords, _read_schema
from onerow.landing.records import Malformed, Row
from onerow.project.contract import Column, Source

PARTS = Source(
    name="parts",
    schema="landing",
    table="parts",
    columns=(Column("id", "text", True), Column("name", "text", False), Column("size", "text", False)),
    natural_key=("id",),
)


def ignore(done, size):
    pass


@pytest.fixture
def write(tmp_path):
    """Return what writes the result of a query of DuckDB as a Parquet file."""

    def write_query(query, options="format parquet"):
        file = tmp_path / "a.parquet"
        duckdb.execute(f"copy ({query}) to '{file}' ({options})")
        return file

    return write_query


def read(file):
    with DeliveredFile(file) as delivered:
        return list(ParquetRecords(delivered, delivered.sha256(ignore), PARTS, ignore))


def text_of(write, value):
    (row,) = read(write(f"select 'a' as id, {value} as name"))
    return row.values[1]


@pytest.mark.parametrize(
    ("value", "lands"),
    [
        ("true", "true"),
        ("(-7)::tinyint", "-7"),
        ("18446744073709551615::ubigint", "18446744073709551615"),
        ("9007199254740993::bigint", "9007199254740993"),
        ("1.50::decimal(10, 2)", "1.50"),
        ("(-0.05)::decimal(38, 2)", "-0.05"),
        ("12345678901234567890123456789012345678::decimal(38, 0)", "12345678901234567890123456789012345678"),
        ("0.1::double", "0.1"),
        ("0.1::float", "0.1"),
        ("1::double", "1.0"),
        ("1e300::double", "1e+300"),
        ("'nan'::double", "NaN"),
        ("'inf'::float", "Infinity"),
        ("'-inf'::double", "-Infinity"),
        ("''", ""),
        ("' ä '", " ä "),
        ("date '2026-05-01'", "2026-05-01"),
        ("time '06:15:00.5'", "06:15:00.5"),
        ("timetz '06:15:00+02'", "04:15:00+00"),
        ("timestamp '2026-05-01 06:15:00'", "2026-05-01T06:15:00"),
        ("timestamp_ms '2026-05-01 06:15:00.250'", "2026-05-01T06:15:00.25"),
        ("timestamp_ns '2026-05-01 06:15:00.5'", "2026-05-01T06:15:00.5"),
        ("timestamp_ns '2026-05-01 06:15:00.123456789'", "2026-05-01T06:15:00.123456789"),
        ("timestamptz '2026-05-01 06:15:00.5+02'", "2026-05-01T04:15:00.5+00:00"),
        ("'F47AC10B-58CC-4372-A567-0E02B2C3D479'::uuid", "f47ac10b-58cc-4372-a567-0e02b2c3d479"),
        (r"'\x00aZ'::blob", r"\x00615a"),
        ("""'{"a": 1.50}'::json""", '{"a": 1.50}'),
        ("[1, null]", "[1,null]"),
        ("null::integer[]", None),
        ("""{'a': 1.50::decimal(4, 2), 'it''s': [{'t': timestamptz '2026-05-01 00:00:00+00'}]}""",
         """{"a":1.50,"it's":[{"t":"2026-05-01T00:00:00+00:00"}]}"""),
        ("""{'a': 'x"\ny', 'b': true, 'c': null::text, 'd': 'nan'::double}""",
         r'{"a":"x\"\ny","b":true,"c":null,"d":"NaN"}'),
        ("map {'k': 18446744073709551615::ubigint, 'l': null}", '{"k":18446744073709551615,"l":null}'),
    ],
)  # fmt: skip
def test_each_type_has_one_text(write, value, lands):
    """Guard: parquet_text. The same text in a CSV file is the same value."""
    assert text_of(write, value) == lands


def test_the_session_of_the_machine_has_no_say(write, monkeypatch):
    """Guard: UTC is named. DuckDB takes its TimeZone from the machine."""
    monkeypatch.setenv("TZ", "Asia/Kathmandu")
    assert text_of(write, "timestamptz '2026-05-01 06:15:00+00'") == "2026-05-01T06:15:00+00:00"


def write_values(file, data_type, values):
    with duckdb.connect() as connection:
        connection.execute("create table t as select unnest($1) as v", [values])
        connection.execute(f"copy (select v::{data_type} as id from t) to '{file}' (format parquet)")


def test_a_float_is_the_shortest_text_that_reads_as_the_same(tmp_path):
    """Any bits, and the edges. Guard: DuckDB's cast; nothing is rounded on the way."""
    bits = random.Random(1)  # noqa: S311 - no secret
    floats = [struct.unpack("<d", bits.randbytes(8))[0] for _ in range(2000)]
    floats = [value for value in floats if math.isfinite(value)]
    floats += [0.1, 1 / 3, 5e-324, sys.float_info.max, 2.0**53, 1e15, 1e16, 1e-5, 1e22]
    write_values(tmp_path / "a.parquet", "double", [repr(value) for value in floats])
    texts = [row.values[0] for row in read(tmp_path / "a.parquet")]
    assert [float(text) for text in texts] == floats
    assert all(len(text) <= len(repr(value)) for text, value in zip(texts, floats, strict=True))


def test_a_decimal_keeps_the_digits_of_its_scale(tmp_path):
    """More digits than a float has. Guard: no number passes through a float."""
    digits = random.Random(1)  # noqa: S311 - no secret
    decimals = [f"{digits.randrange(10**33)}.{digits.randrange(10**4):04}" for _ in range(500)]
    write_values(tmp_path / "a.parquet", "decimal(38, 4)", ["-" + decimals[0], *decimals[1:]])
    assert [row.values[0] for row in read(tmp_path / "a.parquet")] == ["-" + decimals[0], *decimals[1:]]


def test_nested_values_are_the_json_that_json_lines_lands(write):
    """Guard: _json_of. The same object as a JSON line lands as the same text."""
    value = {"list": [1, 2], "object": {"text": "é\\", "none": None}, "empty": [], "deep": [[["x"]], []]}
    line = json.dumps({"id": "a", "name": value})
    (row,) = JsonRecords(iter([line]), PARTS)
    query = (
        "select {'list': [1, 2], 'object': {'text': 'é\\', 'none': null::text}, 'empty': []::text[],"
        " 'deep': [[['x']], []::text[][]]} as name, 'a' as id"
    )
    assert read(write(query)) == [row]


def test_columns_go_by_name_and_rows_by_number(write):
    """Guard: names that differ in case only are two columns; what the contract does not know is kept."""
    file = write("select i as size, 'x' as \"Nbme\", 'n' || i as name, 'k' || i as id from range(5000) as t (i)")
    content = file.read_bytes()
    assert content.count(b"Nbme") > 0
    file.write_bytes(content.replace(b"Nbme", b"Name"))  # DuckDB itself does not write both
    rows = read(file)
    assert rows == [Row(i + 1, [f"k{i}", f"n{i}", str(i)], {"Name": "x"}) for i in range(5000)]


def test_rows_of_several_row_groups_come_in_order(write):
    """Guard: preserve_insertion_order, which is as DuckDB has it; with false and several threads rows are mixed up."""
    file = write("select i::varchar as id from range(20000) as t (i)", "format parquet, row_group_size 2048")
    assert [(row.line_number, row.values[0]) for row in read(file)] == [(i + 1, str(i)) for i in range(20000)]


def test_missing_columns_are_null_and_reported(write):
    """Guard: missing_columns."""
    with DeliveredFile(write("select 'a' as id, 1 as colour")) as delivered:
        records = ParquetRecords(delivered, delivered.sha256(ignore), PARTS, ignore)
        assert (records.missing_columns, records.unexpected_columns) == (["name", "size"], ["colour"])
        assert list(records) == [Row(1, ["a", None, None], {"colour": "1"})]


def test_a_file_without_rows_has_none(write):
    """Guard: nothing is made up, and nothing divided by the number of rows."""
    assert read(write("select 'a' as id where false")) == []


def test_a_nul_makes_its_row_malformed(write):
    """Guard: holds_nul, in columns of the contract and others."""
    rows = read(write("select * from (values ('a', 'x'), ('b', 'y' || chr(0)), (null, null)) as t (id, other)"))
    assert rows == [
        Row(1, ["a", None, None], {"other": "x"}),
        Malformed(2, "NUL character", r'{"id": "b", "name": null, "size": null, "other": "y\u0000"}'),
        Row(3, [None, None, None], {"other": None}),
    ]


@pytest.mark.parametrize(
    ("query", "complaint"),
    [
        ("select 1 as name", "the schema lacks id of the natural key of parts. Delivered: name. Expected: id, name"),
        ("select 1 as id, interval '1 day' as name", "column name is of type INTERVAL, which has no text form"),
        ("select 1 as id, [interval '1 day'] as name", "column name is of type INTERVAL, which has no text form"),
    ],
)
def test_a_schema_that_does_not_fit_is_refused(write, query, complaint):
    """Guard: refuse_header, NoText."""
    with pytest.raises(HeaderRefused) as refused:
        read(write(query))
    assert str(refused.value).startswith(complaint)


def test_a_name_that_occurs_twice_is_refused(write):
    """Guard: the names are the file's own; DuckDB would number them."""
    file = write("select 1 as id, 2 as nam1, 3 as nam2")
    file.write_bytes(file.read_bytes().replace(b"nam1", b"name").replace(b"nam2", b"name"))
    with pytest.raises(HeaderRefused, match="the schema names a column twice: name"):
        read(file)


def test_types_that_would_be_cut_are_refused_all_at_once(write):
    """Guard: _read_schema. DuckDB cuts nanoseconds of instants and times off, and reads long decimals as floats."""
    nanoseconds = "unit=TimeUnit(MILLIS=<null>, MICROS=<null>, NANOS=NanoSeconds())"
    elements = [
        ("schema", 5, None, None, None),
        ("at", None, None, "INT64", f"TimestampType(isAdjustedToUTC=1, {nanoseconds})"),
        ("of_day", None, None, "INT64", f"TimeType(isAdjustedToUTC=0, {nanoseconds})"),
        ("spark_at", None, None, "INT96", None),
        ("amount", None, 39, "FIXED_LEN_BYTE_ARRAY", "DecimalType(scale=2, precision=39)"),
        ("local_at", None, None, "INT64", f"TimestampType(isAdjustedToUTC=0, {nanoseconds})"),
    ]
    with pytest.raises(HeaderRefused) as refused:
        _read_schema(elements)
    assert [problem.split(" ")[0] for problem in str(refused.value).split("; ")] == [
        "at", "let", "of_day", "let", "spark_at", "let", "amount",
    ]  # fmt: skip
    # What DuckDB says of a file has that form: a timestamp in nanoseconds, made an instant.
    file = write("select 'a' as id, timestamp_ns '2026-05-01 00:00:00.123456789' as name")
    content = file.read_bytes()
    assert content.count(b"\x12\x1c\x3c") == 1
    file.write_bytes(content.replace(b"\x12\x1c\x3c", b"\x11\x1c\x3c"))
    with pytest.raises(HeaderRefused, match="name is a time in nanoseconds"):
        read(file)


def test_a_file_that_is_cut_damaged_or_no_parquet_is_refused(write):
    """Guard: DuckDB's errors, which name the file as it was given."""
    file = write("select i::varchar || 'x' as id from range(100000) as t (i)", "format parquet, compression zstd")
    whole = file.read_bytes()
    damaged = bytearray(whole)
    damaged[len(whole) // 2 : len(whole) // 2 + 400] = bytes(400)
    for content in (whole[:-1], whole[: len(whole) // 2], bytes(damaged), b"id\n1\n", b""):
        file.write_bytes(content)
        with pytest.raises(FileUnreadable, match="not readable as Parquet: ") as refused:
            read(file)
        assert "/dev/fd" not in str(refused.value)


def test_a_file_that_changes_before_its_end_is_refused_and_one_that_is_replaced_is_read_as_it_was(write):
    """Guard: refuse_change; the path of the open file."""
    other = write("select 'b' as id").read_bytes()
    file = write("select 'a' as id")
    one = file.read_bytes()
    with DeliveredFile(file) as delivered:
        sha256 = delivered.sha256(ignore)
        file.with_suffix(".new").write_bytes(other)
        file.with_suffix(".new").replace(file)
        assert [row.values[0] for row in ParquetRecords(delivered, sha256, PARTS, ignore)] == ["a"]
    with DeliveredFile(file) as delivered:
        records = ParquetRecords(delivered, delivered.sha256(ignore), PARTS, ignore)
        file.write_bytes(one)
        with pytest.raises(FileChanged):
            list(records)


def test_a_compressed_parquet_file_is_refused(tmp_path):
    """Guard: Parquet has to be read in places."""
    (tmp_path / "a.parquet.gz").write_bytes(b"x")
    with pytest.raises(FileUnreadable, match="decompress the file"):
        read(tmp_path / "a.parquet.gz")
