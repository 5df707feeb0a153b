"""Readers and writers beside a repair: none is locked out, none loses what it wrote, and what they add is found."""

import psycopg
import pytest

from onerow.errors import DedupeFailed, DuplicatesComeBack, LockTimedOut
from postgres.dedupe.tables import CLEAN, PAIRS, interrupt_after


def test_readers_go_on_and_writers_of_other_rows_too(pairs, held, database, gate):
    """While a batch is held before its commit. Guard: row locks only."""
    run = pairs.start()
    gate.wait_until_waiting(1, of="onerow dedupe")
    beside = database.connect(autocommit=True, options="-c lock_timeout=1ms")
    assert beside.execute("select count(*) from shop.things where id > 4").fetchone() == (8,)
    beside.execute("insert into shop.things values (100, 'new', 1, 1)")
    beside.execute("update shop.things set a = 'changed' where id = 8")
    beside.execute("delete from shop.things where id = 7 and updated_at = 1")
    with pytest.raises(psycopg.errors.LockNotAvailable):
        beside.execute("update shop.things set a = 'changed' where id = 5")
    held.rollback()
    run.result(60)
    expected = [row if row[0] != 8 else (8, "changed", 8, 2) for row in CLEAN]
    assert sorted(pairs.rows) == [*expected, (100, "new", 1, 1)]


def test_index_is_made_beside_readers_and_writers(pairs, database, gate):
    """It waits for a transaction that has written; others go on. Guard: `concurrently`, and no lock timeout there."""
    other = database.connect()
    other.execute("insert into shop.things values (100, 'new', 1, 1)")
    run = pairs.start()
    gate.wait_until_waiting(1, of="onerow dedupe")
    beside = database.connect(autocommit=True, options="-c lock_timeout=1ms")
    beside.execute("insert into shop.things values (101, 'new', 1, 1)")
    assert beside.execute("select count(*) from shop.things").fetchone() == (9,)
    other.commit()
    run.result(60)
    assert len(pairs.indexes) == 1


def test_update_between_plan_and_delete_is_not_lost(pairs, database, gate):
    """Of a row that was to go: it is passed over, then waited for, then decided upon anew. Guard: `for update`."""
    other = database.connect()
    other.execute("update shop.things set updated_at = 9, a = 'mine' where id = 3 and updated_at = 1")
    run = pairs.start()
    gate.wait_until_waiting(1, of="onerow dedupe")
    # Nobody else's rows waited for it.
    assert database.value("select count(*) from shop.things") == 9
    other.commit()
    run.result(60)
    assert (3, "mine", 3, 9) in pairs.rows
    assert len(pairs.rows) == 8


def test_update_that_is_rolled_back_leaves_the_key_to_the_next_pass(pairs, database, gate):
    """Guard: the pass that waits."""
    other = database.connect()
    other.execute("update shop.things set updated_at = 9 where id = 3 and updated_at = 1")
    run = pairs.start()
    gate.wait_until_waiting(1, of="onerow dedupe")
    other.rollback()
    run.result(60)
    assert pairs.rows == CLEAN


def test_rows_that_are_written_all_the_time_are_repaired(pairs, database):
    """They are never where the list has them. Guard: the look-up by key in dedupe_lock_rows."""

    pairs.add((None, "x", 9, 1), (None, "x", 9, 2))

    def beside(text):
        if "unique index" not in text:
            database.execute("update shop.things set b = b + 1 where id in (3, 7) or id is null")

    applied = pairs.apply(report=beside)
    assert applied.run.removed_count == 9
    assert applied.run.pass_no < 6
    assert [(row[0], row[3]) for row in pairs.rows] == [(id_, 2) for id_ in (*range(1, 9), None)]


def test_merge_waits_for_all_rows_of_a_key(things, database, gate):
    """Two of them first and the third later would give another result. Guard: _dedupe_found = _dedupe_row_count."""
    things.add((1, "x", 1, 1), (1, None, 1, 3), (1, "y", 1, 2))
    other = database.connect()
    other.execute("select from shop.things where updated_at = 2 for update")
    run = things.start("merge")
    gate.wait_until_waiting(1, of="onerow dedupe")
    other.rollback()
    run.result(60)
    assert things.rows == [(1, "y", 1, 3)]


def test_rows_that_are_held_for_too_long_are_named(pairs, database):
    """And what was done before stands. Guards: LockTimedOut; the transaction a batch."""
    other = database.connect(application_name="a long one")
    other.execute("select from shop.things where id = 3 for update")
    with pytest.raises(LockTimedOut, match=r"run 1 on .*shop.things: waited 200ms for pid \d+ \(a long one"):
        pairs.apply(lock_timeout="200ms")
    assert len(pairs.rows) == 9
    other.rollback()
    assert pairs.apply().has_gone_on
    assert pairs.rows == CLEAN


def test_duplicates_that_come_meanwhile_are_found(pairs):
    """In the middle, and just before the index, which then fails. Guards: the next pass, the next attempt."""
    said = []

    def beside(text):
        said.append(text)
        if len(said) == 3:
            pairs.add((1, "late", 1, 0))
        if "unique index" in text and sum("unique index" in each for each in said) < 3:
            pairs.add((2, "later", 2, 0))

    applied = pairs.apply(report=beside)
    assert sum("unique index" in text for text in said) == 3
    assert applied.run.removed_count == 11
    assert pairs.rows == CLEAN
    assert len(pairs.indexes) == 1
    assert pairs.database.value("select count(*) from pg_index where indrelid = 'shop.things'::regclass") == 1


def test_duplicates_that_come_back_for_ever_end_the_run(pairs):
    """It says why, leaves no broken index, and goes on later. Guards: _INDEX_ATTEMPTS; the last drop_index."""

    def beside(text):
        if "unique index" in text:
            pairs.add((1, "again", 1, 0))

    with pytest.raises(DuplicatesComeBack, match="in 5 attempts"):
        pairs.apply(report=beside)
    assert pairs.database.value("select count(*) from pg_index where indrelid = 'shop.things'::regclass") == 0
    assert pairs.apply().run.run_no == 1
    assert pairs.rows == CLEAN


def test_a_place_in_the_table_that_another_key_has_taken_is_left_alone(pairs, database):
    """The list goes by places; vacuum gives them to others. Guard: _dedupe_key_count = 1."""
    with pytest.raises(InterruptedError):
        pairs.apply(report=interrupt_after(3))
    [place] = database.rows("select ctid from shop.things where id = 7 and updated_at = 2")
    database.execute("delete from shop.things where id = 7 and updated_at = 2")
    database.execute("vacuum shop.things")
    taken = []
    while place not in taken:
        pairs.add((1000 + len(taken), "new", 1, 1))
        taken = database.rows("select ctid from shop.things where id >= 1000")
    pairs.apply()
    expected = [(id_, "x", id_, 1 if id_ == 7 else 2) for id_ in range(1, 9)]
    expected += [(1000 + number, "new", 1, 1) for number in range(len(taken))]
    assert sorted(pairs.rows) == expected


def test_a_second_repair_of_the_table_waits(pairs, held, gate):
    """Guard: only_run."""
    run = pairs.start()
    gate.wait_until_waiting(1, of="onerow dedupe")
    with pytest.raises(LockTimedOut, match="another run of onerow dedupe"):
        pairs.apply(lock_timeout="200ms")
    held.rollback()
    run.result(60)


def test_a_batch_waits_for_a_load_of_the_table(pairs, database):
    """They take the same lock. Guard: pg_advisory_xact_lock in runs.batch."""
    load = database.connect()
    load.execute("select pg_advisory_xact_lock(hashtextextended('onerow:' || current_database() || '.shop.things', 0))")
    with pytest.raises(LockTimedOut):
        pairs.apply(lock_timeout="200ms")
    assert pairs.rows == sorted(PAIRS)
    load.rollback()
    pairs.apply()
    assert pairs.rows == CLEAN


def test_a_table_that_is_built_anew_meanwhile_is_not_touched(pairs, database):
    """Its rows are not those of the plan. The next run begins anew. Guards: the oid in runs.batch; unfinished_run."""

    def beside(text):
        if "pass 1" in text and database.value("select to_regclass('shop.old') is null"):
            database.execute("alter table shop.things rename to old")
            database.execute("create table shop.things as table shop.old")

    with pytest.raises(DedupeFailed, match="built anew"):
        pairs.apply(report=beside)
    assert pairs.apply().run.run_no == 2
    assert pairs.rows == CLEAN
    assert pairs.run(1)["status"] == "abandoned"
