"""Rows of the buckets that differ are found again: all of them, and by the index of the key where there is one."""

from dataclasses import replace

import pytest

from compared_sides import differing, level, samples
from harness.gate import Gate
from onerow.reconcile import buckets
from onerow.reconcile.sides import parse_side

READINGS = "create table shop.readings as select id::{}, id % 7 as value from generate_series({}, {}) as id"
# Whole keys, with some on either side of the borders of blocks: type, first, last, and keys whose value differs.
KEYS = {
    "around zero": ("integer", -10_000, 10_000, (-10_000, -129, -128, -65, -64, -1, 0, 63, 64, 10_000)),
    "the first bigints": ("bigint", -(1 << 63), -(1 << 63) + 20_000, (-(1 << 63), -(1 << 63) + 63)),
    "the last bigints": ("bigint", (1 << 63) - 20_001, (1 << 63) - 1, ((1 << 63) - 65, (1 << 63) - 1)),
    "smallints": ("smallint", -32_768, 32_767, (-32_768, 32_767)),
}


@pytest.fixture
def readings(sides):
    """Make the same readings in both databases and return their comparison."""

    def make(data_type, first, last, index="create unique index on shop.readings (id)"):
        for database in (sides.here, sides.there):
            database.execute(READINGS.format(data_type, first, last))
            database.execute(index)
            database.execute("vacuum (analyze) shop.readings")
        return replace(
            sides.write("two_databases", [], []),
            source=parse_side("shop.readings"),
            destination=parse_side("there:shop.readings"),
            key=("id",),
        )

    return make


@pytest.fixture
def asked(monkeypatch):
    """The blocks with which rows were fetched, None for a scan."""
    asked = []
    real = buckets.Buckets.rows
    monkeypatch.setattr(buckets.Buckets, "rows", lambda *each: asked.append(each[-1]) or real(*each))
    return asked


@pytest.mark.parametrize("case", KEYS)
def test_the_index_finds_the_rows_of_differing_buckets(sides, readings, asked, case):
    """Guard: the borders of a block."""
    data_type, first, last, differing_keys = KEYS[case]
    comparison = readings(data_type, first, last)
    sides.there.execute("update shop.readings set value = value + 1 where id = any(%s)", list(differing_keys))

    found = level(sides.compare(comparison, "rows"), "rows")

    assert None not in asked
    assert differing(found)["modified_rows"] == (None, len(differing_keys))
    assert {sample["natural_key"]["id"] for sample in samples(found, "modified_rows")} == {*differing_keys}


def test_rows_that_one_side_lacks_are_found_by_the_index(sides, readings):
    """Also beyond the blocks of the other side."""
    comparison = readings("integer", 1, 20_000)
    sides.there.execute("delete from shop.readings where id in (1, 5000)")
    sides.there.execute("insert into shop.readings values (-70, 0), (25000, 0)")

    found = differing(level(sides.compare(comparison, "rows"), "rows"))

    assert (found["missing_keys"], found["unexpected_keys"]) == ((2, None), (None, 2))


def test_rows_without_a_key_are_in_no_block_and_are_found(sides, readings, asked):
    """Guard: the branch for NULL keys."""
    comparison = readings("integer", 1, 20_000)
    for database in (sides.here, sides.there):
        database.execute("insert into shop.readings values (null, 1), (null, 1)")

    found = differing(level(sides.compare(comparison, "rows"), "rows"))

    assert None not in asked
    assert found["null_keys"] == (2, 2)


def test_no_row_is_read_twice_but_those_of_the_buckets(sides, readings):
    """The cost of the second look follows the differences. Guard: the blocks."""
    comparison = readings("bigint", 1, 50_000)
    sides.there.execute("update shop.readings set value = value + 1 where id = 30000")
    for database in (sides.here, sides.there):
        # What this session has read itself is written at the end of the statement that asks for it.
        database.execute("select pg_stat_force_next_flush()")
        database.execute("select pg_stat_reset()")

    sides.compare(comparison, "rows")

    for database in (sides.here, sides.there):
        wait_until_gone(database)
        [(scans, rows)] = database.rows(
            "select seq_scan, idx_tup_fetch from pg_stat_user_tables where relname = 'readings'"
        )
        assert (scans, rows < 1_000) == (1, True)


def wait_until_gone(database):
    """Wait for the end of the sessions of a comparison, with which they have written their statistics."""
    sessions = (
        "select from pg_stat_activity where application_name = 'onerow reconcile' and datname = current_database()"
    )
    Gate(database).wait_until(lambda: not database.rows(sessions), what="the sessions of the comparison end")


@pytest.mark.parametrize(
    ("index", "keys"),
    [
        ("create index on shop.readings (id)", "id"),
        ("create unique index on shop.readings (id)", "id * 1000000"),
    ],
    ids=["not unique", "far from each other"],
)
def test_without_blocks_of_many_rows_the_relation_is_scanned(sides, readings, asked, index, keys):
    """Of keys that are few and far between there are more blocks than rows. Guard: the size of the range."""
    comparison = readings("bigint", 1, 2_000, index)
    for database in (sides.here, sides.there):
        database.execute(f"update shop.readings set id = {keys}")
    sides.there.execute("update shop.readings set value = value + 1 where id = (select max(id) from shop.readings)")

    found = differing(level(sides.compare(comparison, "rows"), "rows"))

    assert asked == [None, None]
    assert found == {"modified_rows": (None, 1), "modified.value": (None, 1)}
