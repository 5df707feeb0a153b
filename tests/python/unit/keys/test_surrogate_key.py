import hashlib
import itertools
import json
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from uuid import RFC_4122, UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from golden.surrogate_keys import Vector, vectors
from onerow.errors import KeyFieldRefused, WrongUse
from onerow.keys import canonical_text, surrogate_key

BY_NAME = pytest.mark.parametrize("vector", vectors(), ids=lambda vector: vector.name)


@BY_NAME
def test_golden_vectors_are_sound(vector: Vector):
    """The hash is that of the canonical text, which is the record in JSON, and the UUID is cut from the hash."""
    assert hashlib.sha256(vector.canonical.encode()).hexdigest() == vector.hex
    stated = json.loads(vector.canonical)
    assert list(stated) == sorted(vector.record)
    assert {field: value for field, value in stated.items() if value is None} == {
        field: None for field, value in vector.record.items() if value.text is None
    }
    uuid = UUID(vector.uuid)
    assert (uuid.version, uuid.variant) == (8, RFC_4122)
    kept = (1 << 128) - 1 & ~(0xF << 76) & ~(0x3 << 62)
    assert uuid.int & kept == int(vector.hex[:32], 16) & kept


@BY_NAME
def test_python_gives_the_golden_keys(vector: Vector):
    """Guard: every branch of canonical_text, and how json.dumps is called."""
    record = {field: value.in_python() for field, value in vector.record.items()}
    assert surrogate_key(record, list(record)) == vector.hex
    assert surrogate_key(record, list(record), format="uuid") == vector.uuid


def test_golden_records_that_differ_have_keys_that_differ():
    """Two vectors share a key exactly where they share the canonical text: joining and escaping tricks find no hole."""
    by_key: dict[str, set[str]] = {}
    for vector in vectors():
        by_key.setdefault(vector.hex, set()).add(vector.canonical)
    assert all(len(texts) == 1 for texts in by_key.values())
    keys = {vector.name: vector.hex for vector in vectors()}
    assert keys["joining trick, left"] != keys["joining trick, right"]
    assert keys["null and empty"] != keys["empty and null"]
    assert keys["null"] != keys["the word null"]


@given(
    st.dictionaries(st.text(), st.none() | st.text(st.characters(exclude_categories=["Cs"])), min_size=1, max_size=4)
)
def test_field_order_is_irrelevant(record: dict[str, str | None]):
    """Guard: sort_keys."""
    record = {f"f{field}".encode(errors="replace").decode(): value for field, value in record.items()}
    orders = itertools.islice(itertools.permutations(record), 6)
    assert len({surrogate_key(record, order) for order in orders}) == 1


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("1E+5"), "100000"),
        (Decimal("1E-7"), "0.0000001"),
        (Decimal("-0"), "0"),
        (Decimal("0E+3"), "0"),
        (Decimal("0.1000000000000000000000000000000000000000"), "0.1"),
        (
            Decimal("12345678901234567890123456789012345678901234567890.10"),
            "12345678901234567890123456789012345678901234567890.1",
        ),
        (Decimal("NaN"), "NaN"),
        (Decimal("Infinity"), "Infinity"),
        (Decimal("-Infinity"), "-Infinity"),
        (True, "true"),
        (1, "1"),
        (date(1, 1, 1), "0001-01-01"),
        (datetime(2026, 5, 1, 12, 0, 10), "2026-05-01T12:00:10"),
        (datetime(2026, 5, 1, 12, 0, 0, 100), "2026-05-01T12:00:00.0001"),
        (datetime(2026, 5, 1, 12, tzinfo=UTC), "2026-05-01T12:00:00+00:00"),
        (datetime(2026, 5, 1, 12, tzinfo=timezone(timedelta(hours=5, minutes=45))), "2026-05-01T06:15:00+00:00"),
    ],
)
def test_a_value_has_one_text(value: object, text: str):
    """Guard: no exponent, no rounding to the decimal context, no trailing zeros, no limit of digits."""
    assert canonical_text(value) == text


def test_an_integer_may_be_longer_than_python_prints():
    """Guard: integers are written by way of Decimal; str() gives up at 4300 digits."""
    assert canonical_text(10**5000) == "1" + "0" * 5000


def test_a_time_without_a_zone_is_no_instant():
    """Guard: a naive datetime is not read in the zone of this machine, nor as UTC."""
    naive = datetime(2026, 5, 1, 12)
    assert surrogate_key({"t": naive}, ["t"]) != surrogate_key({"t": naive.replace(tzinfo=UTC)}, ["t"])


@pytest.mark.parametrize(
    "value",
    [
        1.5,
        float("nan"),
        b"bytes",
        ["a list"],
        {"an": "object"},
        "\ud800",
        datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=5))),
    ],
)
def test_a_value_without_a_canonical_text_is_refused(value: object):
    """Guard: the fallback of canonical_text, and the checks of text and year. The error names the field."""
    with pytest.raises(KeyFieldRefused, match=r"^surrogate_key: field reading: ") as refused:
        surrogate_key({"device": "a", "reading": value}, ["device", "reading"])
    assert refused.value.field == "reading"


def test_a_record_without_the_field_is_refused():
    """Guard: a misspelt field is not the null of all records, which would give them one key."""
    with pytest.raises(KeyFieldRefused, match="field devise: the record lacks it"):
        surrogate_key({"device": "a"}, ["devise"])


@pytest.mark.parametrize(
    ("fields", "format", "problems"),
    [
        ([], "hex", ["a non-empty list"]),
        ("device", "hex", ["a non-empty list of fields, not 'device'"]),
        (["a", "", 3], "hex", ["not ''", "not 3"]),
        (["a", "b", "a"], "base64", ["'a' is named 2 times", "'hex' or 'uuid', not 'base64'"]),
    ],
)
def test_wrong_arguments_are_named_all_at_once(fields: list[str], format: str, problems: list[str]):
    """Guard: _check."""
    with pytest.raises(WrongUse) as refused:
        surrogate_key({"a": "1"}, fields, format)
    assert all(problem in str(refused.value) for problem in problems), refused.value
