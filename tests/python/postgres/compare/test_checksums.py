"""Checksums take nothing for equal that is not: no value, and no two rows whose differences make up for each other."""

import re
from dataclasses import replace

import pytest

from compared_sides import differing, level
from onerow.reconcile import buckets, checksums, gather, row_hash
from onerow.reconcile.sides import parse_side

# Pairs that PostgreSQL's own hash of the type, or the sum of such hashes, takes for equal.
ALIKE = {
    "sign of a number": ("numeric(12, 2)", "5.00", "-5.00"),
    "no number and an infinite one": ("numeric", "NaN", "Infinity"),
    "the infinities": ("numeric", "-Infinity", "Infinity"),
    "zero and NULL": ("numeric", "0", None),
    "halves of a bigint": ("bigint", "1", str(1 << 32)),
    "a time 2^32 microseconds later, less one": ("timestamptz", "1970-01-01Z", "1970-01-01 01:11:34.967297Z"),
    "a time in the same place of an earlier stretch of 2^32 microseconds": (
        "timestamptz",
        "2000-01-01 00:00:01Z",
        "1999-12-31 22:48:26.032704Z",
    ),
    "times that a float cannot tell apart": ("timestamptz", "9999-12-31 00:00:00Z", "9999-12-31 00:00:00.000001Z"),
    "a time that late after PostgreSQL's zero": ("timestamptz", "2000-01-01Z", "2000-01-01 01:11:34.967297Z"),
    "infinite times": ("timestamptz", "infinity", "-infinity"),
    "a time and NULL": ("timestamptz", "1970-01-01Z", None),
    "sign of a number in JSON": ("jsonb", '{"a": 5}', '{"a": -5}'),
    "zero and NULL of a float": ("double precision", "0", None),
    "false and NULL": ("boolean", "false", None),
    "empty and NULL": ("text", "", None),
    "bytes": ("bytea", r"\x00", r"\x01"),
    "uuid and NULL": ("uuid", "00000000-0000-0000-0000-000000000000", None),
}


@pytest.fixture
def compared(sides, monkeypatch):
    """Compare two lists of (id, value) in two databases, by checksums of one bucket, which must find the difference."""
    monkeypatch.setattr(buckets, "_BUCKETS_OF_BLOCKS", 1)
    # What differs is fetched: without this a comparison that fetches everything would pass as well.
    monkeypatch.setattr(checksums, "_MOST", 1)
    asked = []
    real = gather.find_equal_rows
    monkeypatch.setattr(gather, "find_equal_rows", lambda *each: asked.append(1) or real(*each))

    def compare(data_type, source, destination):
        columns = {"id": "integer primary key", "value": data_type}
        # A name a type: the driver remembers the types of a statement that it has sent often.
        table = re.sub(r"\W", "_", data_type)
        for database, rows in ((sides.here, source), (sides.there, destination)):
            sides.table(database, table, [{"id": number, "value": value} for number, value in rows], columns)
        comparison = replace(
            sides.write("two_databases", [], []),
            source=parse_side(f"shop.{table}"),
            destination=parse_side(f"there:shop.{table}"),
            key=("id",),
        )
        found = differing(level(sides.compare(comparison, "rows"), "rows"))
        assert asked, "not compared by checksums"
        return found

    return compare


@pytest.mark.parametrize("case", ALIKE)
def test_unlike_values_have_unlike_checksums(compared, case):
    """Guard: what row_hash hashes beside the hash of a type."""
    data_type, one, other = ALIKE[case]

    assert compared(data_type, [(1, one)], [(1, other)]) == {"modified_rows": (None, 1), "modified.value": (None, 1)}


@pytest.mark.parametrize("case", [case for case in ALIKE if ALIKE[case][0] == "timestamptz"])
def test_times_have_unlike_checksums_on_older_servers_too(compared, monkeypatch, case):
    """Guard: time_before_18 of row_hash, because PostgreSQL 16 and 17 have no timestamptz_hash_extended."""
    monkeypatch.setattr(row_hash, "_HASHES_TIMES", 1_000_000)
    _, one, other = ALIKE[case]
    found = compared("timestamptz", [(1, one), (2, one)], [(1, other), (2, one)])

    assert found == {"modified_rows": (None, 1), "modified.value": (None, 1)}


def test_values_of_two_columns_do_not_cancel_out(sides, monkeypatch):
    """1 and 10000 hash alike but for one bit, the same in both columns. Guard: the sign is mixed with the digits."""
    monkeypatch.setattr(buckets, "_BUCKETS_OF_BLOCKS", 1)
    monkeypatch.setattr(checksums, "_MOST", 1)
    columns = {"id": "integer primary key", "one": "numeric", "other": "numeric"}
    for database, value in ((sides.here, 1), (sides.there, 10_000)):
        sides.table(database, "two_numbers", [{"id": 1, "one": value, "other": value}], columns)
    comparison = replace(
        sides.write("two_databases", [], []),
        source=parse_side("shop.two_numbers"),
        destination=parse_side("there:shop.two_numbers"),
        key=("id",),
    )

    assert differing(level(sides.compare(comparison, "rows"), "rows"))["modified_rows"] == (None, 1)


@pytest.mark.parametrize("data_type", ["text", "numeric", "bigint"])
def test_swapped_values_do_not_cancel_out(compared, data_type):
    """The sum of hash_record_extended is the same for both. Guard: row_hash in its place."""
    swapped = compared(data_type, [(1, "10"), (2, "20")], [(1, "20"), (2, "10")])

    assert swapped == {"modified_rows": (None, 2), "modified.value": (None, 2)}


@pytest.mark.parametrize("data_type", ["numeric", "timestamptz", "double precision", "boolean"])
def test_equal_values_have_equal_checksums(compared, monkeypatch, data_type):
    """Digits, NULL and minus zero are no difference to the checksums either. Guard: nothing is fetched."""
    values = {
        "numeric": [("1.0", "1.00"), (None, None), ("NaN", "NaN")],
        "timestamptz": [("2026-05-01 12:00+02", "2026-05-01 10:00Z"), ("infinity", "infinity")],
        "double precision": [("0", "-0"), ("NaN", "NaN"), (None, None)],
        "boolean": [(None, None), ("true", "t")],
    }[data_type]
    monkeypatch.setattr(checksums.HashedRelation, "rows_of", nothing_to_fetch(checksums.HashedRelation.rows_of))

    both = [[(number, pair[side]) for number, pair in enumerate(values)] for side in (0, 1)]

    assert compared(data_type, *both) == {}


def nothing_to_fetch(real):
    """Return rows_of as it is called when no bucket differs."""

    def rows_of(relation, differing_buckets, sums):
        assert differing_buckets == []
        return real(relation, differing_buckets, sums)

    return rows_of
