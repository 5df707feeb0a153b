"""How CSV becomes rows and malformed lines."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onerow.landing import csv_records
from onerow.landing.csv_records import CsvRecords, HeaderRefused
from onerow.landing.records import Malformed, Row
from onerow.project.contract import Column, Source

PARTS = Source(
    name="parts",
    schema="landing",
    table="parts",
    columns=(Column("id", "text", True), Column("name", "text", False), Column("size", "text", False)),
    natural_key=("id",),
)


def read(text, source=PARTS):
    return list(CsvRecords(iter(io.StringIO(text, newline="\n")), source))


def test_values_land_as_text_in_the_order_of_the_contract():
    """Guard: the positions of the header."""
    assert read("size,id,name\n3,a,bolt\n") == [Row(2, ["a", "bolt", "3"], None)]


def test_an_empty_field_is_null_quoted_or_not():
    """Guard: `field or None`."""
    assert read('id,name,size\na,,""\n') == [Row(2, ["a", None, None], None)]


def test_blanks_around_a_value_are_kept():
    """Guard: nothing is stripped."""
    assert read("id,name,size\n a , null,\t\n") == [Row(2, [" a ", " null", "\t"], None)]


def test_crlf_ends_a_line_and_is_no_part_of_a_value():
    """Guard: the csv module reads lines with their ends."""
    assert read("id,name,size\r\na,b,c\r\n") == [Row(2, ["a", "b", "c"], None)]


def test_a_last_line_without_a_line_end_is_a_row():
    """Guard: what follows the last line end is a line too."""
    assert read("id,name,size\na,b,c") == [Row(2, ["a", "b", "c"], None)]


def test_quoted_delimiters_quotes_and_line_ends_are_part_of_the_value():
    """Guard: RFC 4180's quoting; the line end within quotes stays as delivered."""
    assert read('id,name,size\na,"x, ""y""\r\nz",c\nb,,\n') == [
        Row(2, ["a", 'x, "y"\r\nz', "c"], None),
        Row(4, ["b", None, None], None),
    ]


def test_a_quote_inside_an_unquoted_value_is_kept():
    """Guard: quotes mean something at the beginning of a value only."""
    assert read('id,name,size\na,5" pipe,c\n') == [Row(2, ["a", '5" pipe', "c"], None)]


def test_a_line_separator_of_unicode_ends_no_line():
    """Guard: lines end at LF only, not where str.splitlines ends them."""
    assert read("id,name,size\na,x\u2028y\x0bz\x85,c\n") == [Row(2, ["a", "x\u2028y\x0bz\x85", "c"], None)]


def test_blank_lines_are_skipped_and_counted():
    """Guard: line numbers count physical lines."""
    assert read("\nid,name,size\n\r\n\na,b,c\n") == [Row(5, ["a", "b", "c"], None)]


def test_a_column_that_the_contract_does_not_know_is_kept_by_name():
    """Guard: the unexpected positions."""
    records = CsvRecords(iter(["id,colour,name,size\n", "a,red,b,c\n", "d,,e,f\n"]), PARTS)
    assert records.unexpected_columns == ["colour"]
    assert list(records) == [
        Row(2, ["a", "b", "c"], {"colour": "red"}),
        Row(3, ["d", "e", "f"], {"colour": None}),
    ]


def test_a_column_of_the_contract_that_the_header_lacks_is_null():
    """Guard: missing columns stand in the empty field after the last."""
    records = CsvRecords(iter(["size,id\n", "1,a\n"]), PARTS)
    assert records.missing_columns == ["name"]
    assert list(records) == [Row(2, ["a", None, "1"], None)]


def test_a_contract_of_one_column_is_read():
    """Guard: itemgetter returns no tuple for a single position."""
    ids = Source("ids", "landing", "ids", (Column("id", "text", True),), ("id",))
    assert read("id\na\n", ids) == [Row(2, ["a"], None)]
    assert read("other,id\nx,a\n", ids) == [Row(2, ["a"], {"other": "x"})]


@pytest.mark.parametrize("fields", ["a", "a,b", "a,b,c,d"])
def test_a_line_with_too_few_or_too_many_fields_is_malformed(fields):
    """Guard: the number of fields is that of the header."""
    found = fields.count(",") + 1
    assert read(f"id,name,size\n{fields}\r\nx,y,z\n") == [
        Malformed(2, f"expected 3 fields, found {found}", fields),
        Row(3, ["x", "y", "z"], None),
    ]


def test_a_record_of_several_lines_with_too_few_fields_is_malformed_as_a_whole():
    """Guard: the raw text is that of the record."""
    assert read('id,name,size\na,"b\nc"\nx,y,z\n') == [
        Malformed(2, "expected 3 fields, found 2", 'a,"b\nc"'),
        Row(4, ["x", "y", "z"], None),
    ]


def test_a_nul_makes_its_record_malformed():
    """Guard: PostgreSQL's text has no NUL, and one in the middle of a COPY would end the landing."""
    assert read('id,name,size\na,b\0,c\nd,"\n\0",e\nx,y,z\n') == [
        Malformed(2, "NUL character", "a,b\0,c"),
        Malformed(3, "NUL character", 'd,"\n\0",e'),
        Row(5, ["x", "y", "z"], None),
    ]


def test_text_after_a_closing_quote_is_malformed():
    """Guard: the csv module's strict mode; without it the value would be joined in silence."""
    assert read('id,name,size\na,"b"b,c\nx,y,z\n') == [
        Malformed(2, "text after a closing quote", 'a,"b"b,c'),
        Row(3, ["x", "y", "z"], None),
    ]


def test_a_carriage_return_outside_quotes_is_malformed():
    """Guard: a lone CR is no line end of ours."""
    assert read("id,name,size\na,b\rc,d\nx,y,z\n") == [
        Malformed(2, "carriage return outside quotes", "a,b\rc,d"),
        Row(3, ["x", "y", "z"], None),
    ]


def test_a_quote_never_closed_costs_one_line():
    """Guard: lines after the one that opened the quote are read again."""
    assert read('id,name,size\na,"b,c\nx,y,z\n\nu,"v\nw",t\n') == [
        Malformed(2, "quote never closed", 'a,"b,c'),
        Row(3, ["x", "y", "z"], None),
        Row(5, ["u", "v\nw", "t"], None),
    ]


def test_a_quote_never_closed_at_the_end_of_the_file_costs_one_line():
    """Guard: the end of the file ends the search for the closing quote."""
    assert read('id,name,size\na,"b,c\nx,y,z\nu,v,w') == [
        Malformed(2, "quote never closed", 'a,"b,c'),
        Row(3, ["x", "y", "z"], None),
        Row(4, ["u", "v", "w"], None),
    ]


def test_many_quotes_never_closed_cost_a_line_each():
    """Guard: lines that are read again may themselves open a quote."""
    text = "id,name,size\n" + 'a,"b,c\nx,y,z\n' * 50
    assert read(text) == [
        record
        for line in range(2, 102, 2)
        for record in (Malformed(line, "quote never closed", 'a,"b,c'), Row(line + 1, ["x", "y", "z"], None))
    ]


def test_the_search_for_a_closing_quote_ends_at_the_limit_of_lines(monkeypatch):
    """Guard: RECORD_LINES_LIMIT. A closing quote beyond it is not found."""
    monkeypatch.setattr(csv_records, "RECORD_LINES_LIMIT", 3)
    assert read('id,name,size\na,"b\n\n\n",c\nx,"1\n2\n3",z\n') == [
        Malformed(2, "quote never closed", 'a,"b'),
        Malformed(5, "quote never closed", '",c'),
        Row(6, ["x", "1\n2\n3", "z"], None),
    ]


def test_the_search_for_a_closing_quote_ends_at_the_limit_of_characters(monkeypatch):
    """Guard: RECORD_LIMIT."""
    monkeypatch.setattr(csv_records, "RECORD_LIMIT", 20)
    assert read('id,name,size\na,"b\n' + "x,y,z\n" * 4) == [
        Malformed(2, "quote never closed", 'a,"b'),
        *(Row(line, ["x", "y", "z"], None) for line in range(3, 7)),
    ]


def test_a_value_longer_than_the_limit_of_the_csv_module_is_read():
    """Guard: csv.field_size_limit is raised from 128 KiB."""
    value = "x" * 1_000_000
    assert read(f"id,name,size\na,{value},c\n") == [Row(2, ["a", value, "c"], None)]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "it is empty"),
        ("\n\r\n", "it is empty"),
        ("id,name,id\n", "line 1: the header names a column twice: id"),
        ("id,,size\n", "line 1: the header has no name for column 2"),
        ("name,size\n", "line 1: the header lacks id of the natural key of parts. Delivered: name, size."),
        ("id;name;size\n", "line 1: the header lacks id of the natural key of parts. Delivered: id;name;size."),
        ('id,"name,size\n', "line 1: the header is malformed: quote never closed"),
    ],
)
def test_a_header_that_does_not_fit_is_refused(text, complaint):
    """Guard: _read_header."""
    with pytest.raises(HeaderRefused) as refused:
        read(text)
    assert str(refused.value).startswith(complaint)


@given(
    st.lists(
        st.lists(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])), min_size=3, max_size=3)
    )
)
def test_what_the_csv_module_writes_is_read_again(rows):
    """Any value survives, but for the empty one, which is NULL. Guard: the whole parser."""
    written = io.StringIO(newline="")
    csv.writer(written, quoting=csv.QUOTE_ALL).writerows([["id", "name", "size"], *rows])
    assert [record.values for record in read(written.getvalue())] == [[value or None for value in row] for row in rows]


@given(st.text(alphabet='ab,"\r\n\0'))
def test_no_line_of_a_broken_file_vanishes(text):
    """The records put one after the other are the lines of the file, blank ones aside. Guard: lines read again."""
    lines = list(io.StringIO(text, newline="\n"))
    covered = []
    for record in CsvRecords(iter(["id,name,size\n", *lines]), PARTS):
        covered.append(record.line_number)
        if isinstance(record, Malformed):
            covered += range(record.line_number + 1, record.line_number + record.raw.count("\n") + 1)
        else:
            quoted_ends = sum(value.count("\n") for value in record.values if value)
            covered += range(record.line_number + 1, record.line_number + quoted_ends + 1)
    blank = [number for number, line in enumerate(lines, start=2) if not line.strip("\r\n")]
    assert covered == sorted(set(covered))
    assert set(covered) | set(blank) == set(range(2, len(lines) + 2))
