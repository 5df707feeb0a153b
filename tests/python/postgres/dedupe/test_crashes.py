"""A repair, or its undo, that is killed at any moment goes on where it stopped."""

import pytest

from onerow.errors import CannotDedupe
from postgres.dedupe.tables import CLEAN, PAIRS, interrupt_after

_APPLY = ("--table", "shop.things", "--key", "id", "--version", "updated_at", "--batch-rows", "4")
_BACKUP = "select id, a, b, updated_at from onerow.dedupe_1_backup where _dedupe_kind = 'removed' order by id"
_IS_THERE = "select count(*) from pg_stat_activity where pid = %s"
_REMOVED = [row for row in PAIRS if row[3] == 1]


@pytest.mark.usefixtures("held")
def test_a_killed_apply_and_a_killed_undo_go_on(pairs, held, project, database, gate):
    """Each row is kept once and put back once. The retry waits for the session of the killed client to end.

    Guards: done_batch and rows_undone_to, written in the transaction of the batch; only_run.
    """
    killed = project.start_onerow("dedupe apply", *_APPLY)
    gate.wait_until_waiting(1, [killed], of="onerow dedupe")
    assert database.value("select count(*) from shop.things") == 12
    session = database.value(
        "select pid from pg_stat_activity where application_name = 'onerow dedupe' and wait_event_type = 'Lock'"
    )
    again = pairs.start()
    assert killed.kill().returncode == -9
    gate.wait_until(lambda: not database.value(_IS_THERE, session), 30)
    gate.wait_until_waiting(1, of="onerow dedupe")
    held.rollback()

    applied = again.result(60)

    assert applied.has_gone_on
    assert applied.run.removed_count == 8
    assert pairs.rows == CLEAN
    assert database.rows(_BACKUP) == _REMOVED
    assert len(pairs.indexes) == 1

    held.execute("select pg_advisory_xact_lock(42)")
    killed = project.start_onerow("dedupe undo", "1")
    gate.wait_until_waiting(1, [killed], of="onerow dedupe")
    assert killed.kill().returncode == -9
    held.rollback()
    gate.wait_until(lambda: gate.waiting("onerow dedupe") == 0, 30)
    assert pairs.run()["status"] == "undoing"

    undone = pairs.undo()

    assert pairs.rows == sorted(PAIRS)
    assert undone.to_json()["restored_rows"] == 8
    assert pairs.undo().was_undone
    assert pairs.rows == sorted(PAIRS)


def test_a_killed_build_of_the_index_is_made_again(pairs, project, database, gate):
    """What it leaves is invalid. Guard: the first drop_index of until_unique."""
    other = database.connect()
    other.execute("insert into shop.things values (100, 'new', 1, 1)")
    killed = project.start_onerow("dedupe apply", *_APPLY)
    gate.wait_until_waiting(1, [killed], of="onerow dedupe")
    killed.kill()
    gate.wait_until(lambda: gate.waiting("onerow dedupe") == 0, 30)
    other.commit()
    invalid = "select count(*) from pg_index where indrelid = 'shop.things'::regclass and not indisvalid"
    assert database.value(invalid) == 1

    assert pairs.apply().has_gone_on

    assert database.value(invalid) == 0
    assert len(pairs.indexes) == 1
    assert sorted(pairs.rows) == [*CLEAN, (100, "new", 1, 1)]


@pytest.mark.parametrize("reports", (2, 4, 6))
def test_a_repair_that_ends_between_two_transactions_goes_on(pairs, reports):
    """After each of them. So does its undo. Guards: the state in the ledger; the list."""
    with pytest.raises(InterruptedError):
        pairs.apply(report=interrupt_after(reports))
    assert pairs.apply().run.removed_count == 8
    assert pairs.rows == CLEAN
    with pytest.raises(InterruptedError):
        pairs.undo(report=interrupt_after(min(reports - 1, 4)))
    pairs.undo()
    assert pairs.rows == sorted(PAIRS)


def test_a_repair_goes_on_only_with_what_it_was_begun_with(pairs):
    """Another rule would make a mixture. It can be taken back half way. Guard: _require_same."""
    with pytest.raises(InterruptedError):
        pairs.apply(report=interrupt_after(3))
    with pytest.raises(CannotDedupe, match=r"run 1 on it has not ended .*onerow dedupe undo 1"):
        pairs.apply("most-complete")
    pairs.undo()
    assert pairs.rows == sorted(PAIRS)
    pairs.apply("most-complete")
    assert pairs.rows == CLEAN
