"""How the truth reads delivered files."""

import gzip

import pytest

from truth import delivered

COLUMNS = ("device_id", "site")


@pytest.fixture
def read(tmp_path):
    def read_content(name, content):
        file = tmp_path / name
        file.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
        result = delivered.read(file, 1, COLUMNS)
        return [(row.line_number, *row.values) for row in result.rows], result.malformed

    return read_content


def test_an_empty_csv_value_is_missing_and_text_is_kept_as_delivered(read):
    """Guard: `value or None`, no stripping."""
    assert read("a.csv", b"site,device_id\n,a\n b ,null\n") == ([(2, "a", None), (3, "null", " b ")], [])


def test_a_row_is_numbered_by_the_line_on_which_it_begins(read):
    """Guard: line_number is taken before the record is read."""
    assert read("a.csv.gz", b'device_id,site\r\na,"one\r\ntwo"\r\nb,x\r\n') == (
        [(2, "a", "one\r\ntwo"), (4, "b", "x")],
        [],
    )


def test_csv_lines_that_are_no_rows_are_malformed_and_the_rest_is_read(read):
    """Guard: the check of the number of values, of NUL, and the way on after an unclosed quote."""
    content = b'device_id,site\na\nb,1,2\nc,\0\nd,"open\ne,ok\n'
    assert read("a.csv", content) == ([(6, "e", "ok")], [2, 3, 4, 5])


def test_blank_lines_are_no_records(read):
    """Guard: blank lines are passed over, and counted."""
    assert read("a.csv", b"device_id,site\n\na,x\n\n") == ([(3, "a", "x")], [])
    assert read("a.jsonl", b'\n{"device_id": "a"}\n') == ([(2, "a", None)], [])


def test_json_lines_that_are_no_objects_are_malformed_and_numbers_keep_their_characters(read):
    """Guard: the check of the record's type; parse_float=str."""
    content = b'{"device_id": 2.10, "site": null}\n[1]\n{"device_id"\n{"device_id": "\\u0000"}\n{"site": "", "x": 1}\n'
    assert read("a.jsonl", content) == ([(1, "2.10", None), (5, None, "")], [2, 3, 4])
