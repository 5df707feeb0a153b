"""An undo is exact, or says why it cannot be."""

import pytest

from onerow.errors import CannotDedupe, DedupeFailed, UndoRefused, UnknownRun
from postgres.dedupe.tables import CLEAN, PAIRS, in_order

_MERGED = [
    (1, "x", None, 1),
    (1, None, 5, 2),
    (2, "y", None, 1),
    (2, None, 6, 2),
    (None, "z", None, 1),
    (None, None, 7, 2),
]


def test_survivor_that_was_changed_since_is_left_alone_and_named(things, database):
    """Guard: the comparison with what the merge has written, in dedupe_restore_survivors."""
    things.add(*_MERGED)
    things.apply("merge")
    assert things.rows == in_order([(1, "x", 5, 2), (2, "y", 6, 2), (None, "z", 7, 2)])
    database.execute("update shop.things set a = 'mine' where id = 2")

    undone = things.undo()

    assert things.rows == in_order([*(row for row in _MERGED if row != (2, None, 6, 2)), (2, "mine", 6, 2)])
    assert undone.changed_since == [{"id": 2}]
    assert undone.to_json()["restored_survivors"] == 2


def test_survivor_that_was_merged_twice_becomes_what_it_was(things):
    """Last step first. Guard: the order of steps in undo."""
    things.add((1, "x", None, 1), (1, None, None, 2))

    def beside(text):
        if "pass 1" in text:
            things.add((1, None, 9, 0))

    things.apply("merge", report=beside)
    assert things.rows == [(1, "x", 9, 2)]
    things.undo()
    assert things.rows == in_order([(1, "x", None, 1), (1, None, None, 2), (1, None, 9, 0)])


def test_only_the_last_run_of_a_table_can_be_undone(pairs, database):
    """Guard: later_run."""
    pairs.apply()
    database.execute("drop index shop.onerow_dedupe_1_key")
    pairs.add((1, "x", 1, 1))
    pairs.apply()
    with pytest.raises(UndoRefused, match="run 2 came after it"):
        pairs.undo(1)
    pairs.undo(2)
    pairs.undo(1)
    assert pairs.rows == sorted([*PAIRS, (1, "x", 1, 1)])


_HINDRANCES = {
    "backup": ("drop table onerow.dedupe_1_backup", "its backup .* is gone"),
    "columns": ("alter table shop.things add column c integer", "the columns of .* were id integer.*now id integer"),
    "type": ("alter table shop.things alter b type bigint", "b bigint"),
    "another index": ("create unique index mine on shop.things (id)", "mine keeps one row a key"),
    "another table": (
        "alter table shop.things rename to old; create table shop.things as table shop.old",
        "not the table any more",
    ),
    "dropped": ("drop table shop.things", "not the table any more"),
}


@pytest.mark.parametrize("hindrance", _HINDRANCES)
def test_what_cannot_be_exact_is_refused_before_anything_is_written(pairs, database, hindrance):
    """Guard: _require_exact and _target_of."""
    statement, reason = _HINDRANCES[hindrance]
    pairs.apply()
    database.execute("alter table shop.things alter id set not null")
    for each in statement.split("; "):
        database.execute(each)
    with pytest.raises(UndoRefused, match=f"run 1 cannot be undone exactly: .*{reason}"):
        pairs.undo()
    assert pairs.run()["status"] == "applied"
    if hindrance != "dropped":
        assert database.value("select count(*) from shop.things") == len(CLEAN)


def test_a_trigger_that_changes_rows_is_noticed(pairs, database):
    """Nothing of the batch stays. Guard: is_exact of dedupe_put_back."""
    pairs.apply()
    database.execute(
        "create function shop.spoil() returns trigger language plpgsql as"
        " $$ begin new.a = upper(new.a); return new; end $$"
    )
    database.execute("create trigger spoil before insert on shop.things for each row execute function shop.spoil()")
    with pytest.raises(UndoRefused, match="a trigger of"):
        pairs.undo()
    assert pairs.rows == CLEAN
    database.execute("drop trigger spoil on shop.things")
    pairs.undo()
    assert pairs.rows == sorted(PAIRS)


def test_a_trigger_that_prevents_a_delete_is_noticed(pairs, database):
    """Nothing of the batch is kept as removed. Guard: _all_done."""
    database.execute("create function shop.keep() returns trigger language plpgsql as $$ begin return null; end $$")
    database.execute(
        "create trigger keep before delete on shop.things for each row when (old.id = 8) execute function shop.keep()"
    )
    with pytest.raises(DedupeFailed, match="of 2 rows 1 were removed: a trigger"):
        pairs.apply()
    assert database.value("select count(*) from onerow.dedupe_1_backup where id > 6") == 0
    database.execute("drop trigger keep on shop.things")
    pairs.apply()
    assert pairs.rows == CLEAN


def test_an_index_that_comes_in_between_stops_it_and_it_goes_on_later(pairs, database):
    """Guard: the transaction a step."""
    pairs.apply()

    def beside(text):
        if "put back" in text and not pairs.indexes:
            database.execute("create unique index mine on shop.things (updated_at) where id < 5")

    database.execute("update shop.things set updated_at = id * 10 where id < 5")
    with pytest.raises(DedupeFailed, match="duplicate key value"):
        pairs.undo(report=beside)
    database.execute("drop index shop.mine")
    pairs.undo()
    assert len(pairs.rows) == 16


def test_an_unknown_run_is_refused_with_those_that_there_are(pairs):
    """Guard: read_run."""
    pairs.apply()
    with pytest.raises(UnknownRun, match=r"there is no run 7 .* 1 \(.*shop.things, applied\)"):
        pairs.undo(7)


def test_a_table_with_its_index_needs_no_run(pairs):
    """Guard: keeps_one_row."""
    pairs.apply()
    assert pairs.apply().run is None
    with pytest.raises(CannotDedupe):
        pairs.name = type(pairs.name)("shop", "things", ("nothing",), None, "")
        pairs.apply()
