"""Level accounting: what was recorded of each batch is held against what can be counted, never against itself."""

import pytest

from clean_devices import figures, violations_seen_by_dbt


def accounting(report):
    """Return the only level of the only mart."""
    [mart] = report.marts
    [level] = mart.levels
    return level


def found(level):
    """Return the violations as (batch, figure, counted, recorded)."""
    return {
        (sample["batch_no"], sample["figure"], sample["counted"], sample["recorded"])
        for finding in level.findings
        for sample in finding.samples
    }


def test_clean_state_has_no_differences(reconciled):
    """Every figure agrees, with what was delivered. Guard: each line of accounts."""
    level = accounting(reconciled("accounting"))

    assert level.findings == []
    assert {figure.name: (figure.source, figure.destination) for figure in level.figures} == {
        "landed_rows": (11, 11),
        "malformed_lines": (1, 1),
        "claimed_rows": (11, 11),
        "outcome_rows": (11, 11),
        "rejected_rows": (2, 2),
        "filtered_rows": (0, 0),
        "mart_rows": (7, 7),
        "quarantined_rows": (0, 0),
    }


def test_landing_row_deleted_behind_the_ledger_is_found(reconciled, database):
    """The ledger's own sums still agree with each other. Guard: landing is counted again."""
    database.execute("delete from landing.devices where _batch_no = 2 and device_id = 'D-5'")

    level = accounting(reconciled("accounting"))

    assert figures(level) == {"landed_rows": (10, 11), "claimed_rows": (10, 11), "outcome_rows": (10, 11)}
    assert found(level) == {
        (2, "landed_rows", 2, 3),
        (2, "claimed_rows", 2, 3),
        (2, "outcome_rows", 2, 3),
    }
    assert violations_seen_by_dbt(database, "rows_not_accounted_for") == 3


def test_landing_row_of_no_batch_is_found(reconciled, database):
    """Guard: the full join of batches and landing."""
    database.execute("insert into landing.devices (_batch_no, _line_number, device_id) values (99, 1, 'D-1')")

    assert found(accounting(reconciled("accounting"))) == {(99, "landed_rows", 1, 0)}


def test_row_dropped_from_the_mart_is_found(reconciled, database):
    """Guard: outcome new against the rows that are there."""
    database.execute("delete from marts.devices where device_id = 'D-1'")

    assert found(accounting(reconciled("accounting"))) == {(None, "mart_rows", 6, 7)}


def test_row_that_no_load_made_is_found(reconciled, database):
    """Guard: outcome new against the rows that are there."""
    database.execute("insert into marts.devices (device_id) values ('GHOST')")

    assert found(accounting(reconciled("accounting"))) == {(None, "mart_rows", 8, 7)}


def test_outcome_that_was_miscounted_is_found(reconciled, database):
    """One more unchanged than there was. Guard: the sum of outcomes against landing."""
    database.execute("update onerow.load_outcomes set row_count = row_count + 1 where outcome = 'stale'")

    assert found(accounting(reconciled("accounting"))) == {(2, "outcome_rows", 3, 4)}


def test_outcome_counted_as_another_one_is_found(reconciled, database):
    """The sum of outcomes is right. Guard: outcome new against the rows that are there."""
    database.execute("update onerow.load_outcomes set row_count = row_count - 1 where batch_no = 1 and outcome = 'new'")
    database.execute(
        "insert into onerow.load_outcomes select model, 1, 1, 'unchanged', 1 from onerow.claims where batch_no = 1"
    )

    assert found(accounting(reconciled("accounting"))) == {(None, "mart_rows", 7, 6)}


def test_errors_of_two_batches_do_not_cancel_each_other(reconciled, database):
    """The sum over batches is right. Guard: batches are compared one by one."""
    database.execute("update onerow.load_outcomes set row_count = row_count + 1 where outcome = 'stale'")
    database.execute("update onerow.load_outcomes set row_count = row_count - 1 where outcome = 'rejected'")

    level = accounting(reconciled("accounting"))

    assert figures(level)["outcome_rows"] == (11, 11)
    assert (1, "outcome_rows", 8, 7) in found(level)
    assert (2, "outcome_rows", 3, 4) in found(level)


def test_lost_outcomes_are_found(reconciled, database):
    """Guard: a batch without outcomes counts as none, not as nothing to compare."""
    database.execute("delete from onerow.load_outcomes where batch_no = 2")

    level = accounting(reconciled("accounting"))

    assert (2, "outcome_rows", 3, 0) in found(level)


@pytest.mark.parametrize(
    ("letters", "violation"),
    [("raw like '{%'", (1, "rejected_rows", 0, 2)), ("raw not like '{%'", (1, "malformed_lines", 0, 1))],
    ids=["row", "malformed_line"],
)
def test_lost_dead_letters_are_found(reconciled, database, letters, violation):
    """Guard: dead letters against the outcome rejected, and against the malformed lines of the batch."""
    database.execute(f"delete from onerow.dead_letters where {letters}")

    assert found(accounting(reconciled("accounting"))) == {violation}


def test_batch_that_was_quarantined_after_its_load_is_found(reconciled, database):
    """Its rows have to leave the mart. Guard: quarantined_rows."""
    database.execute("update onerow.batches set quarantined_at = now() where batch_no = 2")

    report = reconciled("counts", "accounting")

    counts, accounts = report.marts[0].levels
    assert found(accounts) == {(2, "quarantined_rows", 0, 3)}
    assert figures(counts)["unexpected_keys"] == (None, 1)  # D-7
