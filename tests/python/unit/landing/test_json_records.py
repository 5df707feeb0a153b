"""How JSON Lines become rows and malformed lines."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onerow.landing.json_records import JsonRecords
from onerow.landing.records import Malformed, Row
from onerow.project.contract import Column, Source

PARTS = Source(
    name="parts",
    schema="landing",
    table="parts",
    columns=(Column("id", "text", True), Column("name", "text", False)),
    natural_key=("id",),
)
STORABLE = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))


def read(*lines):
    return list(JsonRecords(iter(lines), PARTS))


def value_of(literal):
    """What lands for a value that is written like this."""
    (row,) = read(f'{{"id": {literal}}}\n')
    return row.values[0]


@pytest.mark.parametrize(
    ("literal", "lands"),
    [
        ('""', ""),
        ('" a "', " a "),
        (r'"\u00e9\n\"\\"', 'é\n"\\'),
        ('"1.0"', "1.0"),
        ("null", None),
        ("true", "true"),
        ("false", "false"),
        ("0", "0"),
        ("-0", "-0"),
        ("1.50", "1.50"),
        ("1E400", "1E400"),
        ("0.1000000000000000055511151231257827", "0.1000000000000000055511151231257827"),
        ("1" * 5000, "1" * 5000),
        ('[ 1.50, null, "é" ]', '[1.50,null,"é"]'),
        ('{ "b": 1e2, "a": {"c": [true, {}]} }', '{"b":1e2,"a":{"c":[true,{}]}}'),
        (r'["\u0000"]', r'["\u0000"]'),
    ],
)
def test_a_value_lands_as_the_text_that_was_written(literal, lands):
    """Guard: the hooks for numbers, and _text. An empty text is no NULL, unlike in CSV."""
    assert value_of(literal) == lands


def test_a_name_that_an_object_lacks_is_null():
    """Guard: delivered.get."""
    assert read('{"id": "a"}\n', '{"name": "b"}\n') == [Row(1, ["a", None], None), Row(2, [None, "b"], None)]


def test_blank_lines_are_skipped_and_counted():
    """Guard: line numbers count physical lines; CRLF is blank."""
    assert read("\n", " \t\r\n", '{"id": "a"}\r\n') == [Row(3, ["a", None], None)]


def test_names_that_the_contract_does_not_know_are_kept_as_text():
    """Guard: unexpected_columns names each once, in order of appearance."""
    records = JsonRecords(iter(['{"id": "a", "z": 1.0, "y": [1]}', '{"id": "b", "y": null}', '{"id": "c"}']), PARTS)
    assert list(records) == [
        Row(1, ["a", None], {"z": "1.0", "y": "[1]"}),
        Row(2, ["b", None], {"y": None}),
        Row(3, ["c", None], None),
    ]
    assert records.unexpected_columns == ["z", "y"]


def test_a_column_is_missing_if_no_object_names_it():
    """A null names it, a malformed line does not. Guard: missing_columns, which are none before there is an object."""
    for lines, missing in (
        (['{"id": "a"}', '{"id": "b", "name": null}'], []),
        (['{"id": "a"}', '{"name": '], ["name"]),
        (["", "[]"], []),
    ):
        records = JsonRecords(iter(lines), PARTS)
        assert records.missing_columns == []
        list(records)
        assert records.missing_columns == missing


@pytest.mark.parametrize(
    ("line", "detail"),
    [
        ("[1]", "not a JSON object"),
        ("1", "not a JSON object"),
        ("null", "not a JSON object"),
        ('{"id": NaN}', "NaN is not JSON"),
        ('{"id": [-Infinity]}', "-Infinity is not JSON"),
        ('{"id": 1, "id": 1}', 'duplicate name "id"'),
        ('{"id": {"a": 1, "a": 2}}', 'duplicate name "a"'),
        (r'{"id": "\u0000"}', "NUL character"),
        (r'{"id": "a", "\u0000": 1}', "NUL character"),
        (r'{"id": "\ud800"}', "half of a surrogate pair"),
        (r'{"id": {"a": "\udfff"}}', "half of a surrogate pair"),
        ('{"id": ' + "[" * 100_000, "nested too deeply"),
    ],
)
def test_a_line_that_cannot_be_landed_is_malformed(line, detail):
    """Guard: _decode. The lines around it land."""
    assert read('{"id": "x"}\n', line + "\r\n", '{"id": "y"}\n') == [
        Row(1, ["x", None], None),
        Malformed(2, detail, line),
        Row(3, ["y", None], None),
    ]


@pytest.mark.parametrize(
    "line", ["{", '{"id": 01}', '{"id": "a"} x', "{'id': 1}", '{"id": "a\tb"}', '{"id": "\0"}', "\ufeff{}"]
)
def test_what_is_no_json_is_malformed_and_says_where(line):
    """Guard: JSONDecodeError."""
    (malformed,) = read(line)
    assert malformed.detail.startswith("not valid JSON, column ")
    assert malformed.raw == line


def test_a_surrogate_pair_is_a_character():
    """Guard: only halves are refused."""
    assert value_of(r'"\ud83d\ude00"') == "😀"


@given(
    st.fixed_dictionaries({"id": st.none() | STORABLE, "name": st.none() | STORABLE, "other": st.none() | STORABLE}),
    st.booleans(),
)
def test_any_text_survives(delivered, ascii_only):
    """Guard: the whole parser."""
    (row,) = read(json.dumps(delivered, ensure_ascii=ascii_only) + "\n")
    assert row == Row(1, [delivered["id"], delivered["name"]], {"other": delivered["other"]})


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | STORABLE,
    lambda inner: st.lists(inner) | st.dictionaries(STORABLE, inner),
)


@given(st.lists(JSON_VALUES) | st.dictionaries(STORABLE, JSON_VALUES))
def test_a_nested_value_lands_as_compact_json_of_the_same_meaning(value):
    """Guard: _json."""
    text = value_of(json.dumps(value))
    assert json.loads(text) == value
    assert text == json.dumps(value, ensure_ascii=False, separators=(",", ":"))
