"""What becomes of the content of a file, good and bad."""

import gzip
import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.dbt_project import REPOSITORY
from onerow.errors import FileUnreadable, LandingFailed, NewColumnsRefused
from onerow.landing import copy_records
from onerow.landing.compression import zstd
from onerow.landing.delivery import Landed, Refused
from truth.delivered import read

TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))


def test_malformed_lines_are_dead_letters_with_line_reason_and_text(inbox, database):
    """Guard: _dead_letter; the rest of the file lands."""
    content = 'device_id,site\nd1\nd2,x\nd3,"a\\b\nd4,\0\ty\nd6,z\n'
    landed = inbox.land_one(inbox.write("a.csv", content))
    assert (landed.row_count, landed.rejected_count) == (2, 3)
    assert database.rows(
        """
        select source, batch_no, line_number, natural_key, reasons, raw, status
        from onerow.dead_letters order by line_number
        """
    ) == [
        ("devices", 1, 2, None, ["malformed:expected 2 fields, found 1"], "d1", "open"),
        ("devices", 1, 4, None, ["malformed:quote never closed"], 'd3,"a\\b', "open"),
        ("devices", 1, 5, None, ["malformed:NUL character"], "d4,\\u0000\ty", "open"),
    ]
    assert database.rows("select device_id, _line_number from landing.devices order by 2") == [("d2", 3), ("d6", 6)]


def test_sample_batches_land_as_the_truth_reads_them(inbox, database):
    """Guard: the parsers; the truth reads with the standard library alone."""
    files = sorted((REPOSITORY / "examples/batches/devices").glob("0*"))
    columns = inbox.project.source("devices").column_names
    landed = [outcome for outcome in inbox.land(*files) if not outcome.already_landed]
    expected = [read(Path(batch.file), batch.batch_no, columns) for batch in landed]
    assert len(landed) == len(files) - 1  # one is a retry
    assert sum(batch.row_count for batch in landed) > 6000
    assert database.rows(
        """
        select _batch_no, _line_number, device_id, model, firmware, site, status, reported_at
        from landing.devices order by 1, 2
        """
    ) == [(row.batch_no, row.line_number, *row.values) for delivered in expected for row in delivered.rows]
    assert database.rows("select batch_no, line_number from onerow.dead_letters order by 1, 2") == [
        (batch.batch_no, line)
        for batch, delivered in zip(landed, expected, strict=True)
        for line in delivered.malformed
    ]


def test_a_reason_may_hold_quotes(inbox, database):
    """Guard: the escapes of the array literal."""
    inbox.land_one(inbox.write("a.jsonl", '{"a\\"\\\\": 1, "a\\"\\\\": 2}\n'))
    assert database.value("select reasons from onerow.dead_letters") == ['malformed:duplicate name "a\\"\\\\"']


def test_more_dead_letters_than_are_held_back_are_written_in_turns(inbox, database, monkeypatch):
    """Guard: copy_records goes on after each turn; none is lost or written twice."""
    monkeypatch.setattr(copy_records, "_HOLD", 200)
    content = "device_id,site\n" + "".join(f"d{n}{',x' if n % 3 else ''}\n" for n in range(300))
    landed = inbox.land_one(inbox.write("a.csv", content))
    assert (landed.row_count, landed.rejected_count) == (200, 100)
    lines = [line for (line,) in database.rows("select line_number from onerow.dead_letters order by 1")]
    assert lines == list(range(2, 302, 3))
    assert database.value("select count(distinct device_id) from landing.devices") == 200


def test_json_values_land_as_text(inbox, landed_rows):
    """Guard: JsonRecords; an empty text is no NULL."""
    rows = [{"device_id": "d1", "site": "", "model": None}, {"device_id": 1.50, "site": {"a": [1]}, "status": True}]
    inbox.land_one(inbox.write("a.jsonl.gz", gzip.compress("\n".join(map(json.dumps, rows)).encode())))
    assert [row[2:8] for row in landed_rows()] == [
        ("d1", None, None, "", None, None),
        ("1.5", None, None, '{"a":[1]}', "true", None),
    ]


def test_columns_that_the_contract_does_not_know_are_kept_and_recorded_once(inbox, database, landed_rows):
    """Guard: _unexpected, and record_schema_changes with `where not exists`."""
    columns = ["b", "a"]
    first = inbox.land_one(inbox.write("a.csv", "b,device_id,a\n1,d1,\n"))
    second = inbox.land_one(inbox.write("b.jsonl", '{"device_id": "d2", "a": {"x": 1.0}}\n{"device_id": "d3"}\n'))
    assert (first.unexpected_columns, second.unexpected_columns) == (tuple(columns), ("a",))
    assert [(row[2], row[8]) for row in landed_rows()] == [
        ("d1", {"b": "1", "a": None}),
        ("d2", {"a": '{"x":1.0}'}),
        ("d3", None),
    ]
    assert database.rows(
        """
        select source, column_name, change, batch_no, action from onerow.schema_changes
        where change = 'added' order by column_name
        """
    ) == [("devices", name, "added", 1, "kept in _unexpected") for name in sorted(columns)]


def test_columns_that_a_header_lacks_are_null_and_recorded_once(inbox, database):
    """Guard: the missing columns of CsvRecords."""
    for name, value in (("a.csv", 1), ("b.csv", 2)):
        landed = inbox.land_one(inbox.write(name, f"device_id,model,firmware,site\n{value},,,\n"))
        assert landed.missing_columns == ("status", "reported_at")
    assert database.rows("select column_name, change, batch_no, action from onerow.schema_changes order by 1") == [
        (name, "missing", 1, "landed as NULL") for name in ("reported_at", "status")
    ]


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.csv", "device_id,colour\n"), ("a.jsonl", '{"device_id": "d1"}\n{"device_id": "d2", "colour": "red"}\n')],
)
def test_new_columns_are_refused_on_demand(inbox, name, content):
    """Guard: _refuse_new_columns, before the rows for a header and after them for objects."""
    file = inbox.write(name, content)
    error = inbox.refusal_of(file, on_new_column="refuse")
    assert isinstance(error, NewColumnsRefused)
    assert error.columns == ["colour"]
    assert inbox.land_one(file, on_new_column="keep").unexpected_columns == ("colour",)


@pytest.mark.parametrize(
    ("name", "content", "complaint"),
    [
        ("a.csv", b"", "it is empty; a CSV file begins with a header"),
        ("a.csv", b"model,site\nm,s\n", "line 1: the header lacks device_id of the natural key of devices"),
        ("a.csv", b"device_id,site,site\n", "line 1: the header names a column twice: site"),
        ("a.csv", b"device_id\nd1\n\xff\n", "not UTF-8: byte 0xff at offset 13 of the content, line 3"),
        ("a.jsonl", b'{"device_id": "d1"}\n\xff\n', "not UTF-8: byte 0xff at offset 20 of the content, line 2"),
        ("a.csv.gz", gzip.compress(b"device_id\nd1\n", mtime=0)[:-4], "broken gzip"),
        ("a.csv.zst", zstd.compress(b"device_id\nd1\n")[:-4], "broken zstd"),
        ("a.xlsx", b"device_id\nd1\n", "unknown format"),
    ],
)
def test_a_file_that_is_broken_as_a_whole_lands_nothing(inbox, name, content, complaint):
    """Guard: FileUnreadable ends the transaction."""
    error = inbox.refusal_of(inbox.write(name, content))
    assert isinstance(error, FileUnreadable)
    assert error.reason.startswith(complaint)


def test_a_broken_file_does_not_keep_the_others_from_landing(inbox):
    """Guard: a transaction a file."""
    files = [
        inbox.devices("a.csv", 1),
        inbox.write("b.csv", b"\xff"),
        inbox.folder / "missing.csv",
        inbox.devices("d.csv", 2),
    ]
    outcomes = inbox.land(*files)
    assert [type(outcome) for outcome in outcomes] == [Landed, Refused, Refused, Landed]
    assert [outcome.file for outcome in outcomes] == [str(file) for file in files]
    assert inbox.written()[:2] == (2, 3)


def test_a_lost_session_costs_one_file(inbox, database):
    """Guard: a new connection for the next file, and psycopg's message in LandingFailed."""
    inbox.land_one(inbox.devices("a.csv", 1))
    database.execute(
        """
        create function public.lose_session() returns trigger language plpgsql as $$
        begin
            if new.device_id = 'lose' then perform pg_terminate_backend(pg_backend_pid()); end if;
            return new;
        end $$;
        create trigger lose_session before insert on landing.devices
            for each row execute function public.lose_session();
        """
    )
    lost, landed = inbox.land(inbox.write("b.csv", "device_id\nlose\n"), inbox.devices("c.csv", 2))
    assert isinstance(lost.error, LandingFailed)
    assert "terminating connection" in str(lost.error)
    assert landed.row_count == 2
    assert inbox.written()[:2] == (2, 3)


def test_what_the_server_refuses_is_said_without_a_traceback(inbox, database):
    """Guard: psycopg.Error becomes LandingFailed."""
    inbox.land_one(inbox.devices("a.csv", 1))
    database.execute("alter table landing.devices add constraint short check (length(device_id) < 9)")
    error = inbox.refusal_of(inbox.write("b.csv", "device_id\n0123456789\n"))
    assert isinstance(error, LandingFailed)
    assert 'violates check constraint "short"' in str(error)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.fixed_dictionaries({"device_id": st.none() | TEXT, "site": TEXT, "new\n": st.none() | TEXT}), max_size=5
    )
)
def test_any_text_survives_the_way_to_the_server(inbox, database, rows):
    """Guard: copy_line and the JSON of _unexpected."""
    database.execute("drop schema if exists onerow, landing cascade")
    inbox.land_one(inbox.write("a.jsonl", "\n".join(map(json.dumps, rows))))
    assert database.rows("select device_id, site, _unexpected from landing.devices order by _line_number") == [
        (row["device_id"], row["site"], {"new\n": row["new\n"]}) for row in rows
    ]
