"""The generic tests that a project can put on its marts, and the singular tests of the guarantees: they find faults."""

from collections.abc import Callable
from typing import Any

import pytest

from clean_devices import without_unique_index
from harness.database import Database
from harness.dbt_project import DbtProject
from onerow.reconcile.reconcile import record
from onerow.reconcile.report import Report

ALL_GENERIC_TESTS = (
    "one_row_per_key",
    "matches_source",
    "rows_accounted_for",
    "no_unexplained_growth",
    "no_missing_windows",
)
_YAML = "models: [{{name: devices, data_tests: [{}]}}]".format(", ".join(ALL_GENERIC_TESTS))

GHOST = "insert into marts.devices (device_id, model, reported_at) values ('GHOST', 'm', now())"
TWIN = "insert into marts.devices select * from marts.devices where device_id = 'D-1'"
NULL_KEY = "insert into marts.devices (model, reported_at) values ('m', now())"


def results_of(outcome: Any) -> list[Any]:
    """The results of tests, without that of the hook at the start of the run."""
    return [each for each in outcome.result if each.node.resource_type == "test"]


@pytest.fixture
def tested(project: DbtProject) -> Callable[[], dict[str, str]]:
    """Run all of these tests; names of the failed ones, with their messages."""
    with_tests = project.with_files({"models/marts/devices.yml": _YAML})

    def run() -> dict[str, str]:
        outcome = with_tests.dbt_in_process(
            "test", "--quiet", "--select", "devices", "test_type:singular", "--exclude", "test_type:unit"
        )
        assert outcome.exception is None
        results = {each.node.name.removesuffix("_devices_"): each for each in results_of(outcome)}
        assert set(results) >= set(ALL_GENERIC_TESTS)
        assert {str(each.status) for each in results.values()} <= {"pass", "fail"}, [
            each.message for each in results.values()
        ]
        return {name: each.message for name, each in results.items() if each.status == "fail"}

    return run


def test_clean_state_passes(tested, reconciled, connection, database: Database):
    """Also with a reconciliation to compare with, and with windows that meet each other."""
    record(connection, "onerow", reconciled())
    database.execute(
        "update onerow.batches set window_start = '2026-05-01', window_end = '2026-05-02' where batch_no = 1"
    )
    database.execute(
        "update onerow.batches set window_start = '2026-05-02', window_end = '2026-05-03' where batch_no = 2"
    )

    assert tested() == {}


@pytest.mark.parametrize(
    ("fault", "found_by"),
    [
        (
            GHOST,
            {
                "matches_source",
                "rows_accounted_for",
                "no_unexplained_growth",
                "each_row_was_written_by_its_batch",
            },
        ),
        (
            TWIN,
            {
                "one_row_per_key",
                "rows_accounted_for",
                "no_unexplained_growth",
                "each_mart_has_its_unique_index",
                "each_row_was_written_by_its_batch",
            },
        ),
        (
            NULL_KEY,
            {
                "one_row_per_key",
                "rows_accounted_for",
                "no_unexplained_growth",
                "each_row_was_written_by_its_batch",
            },
        ),
        ("delete from marts.devices where device_id = 'D-1'", {"matches_source", "rows_accounted_for"}),
        ("update marts.devices set reported_at = '2026-04-30' where device_id = 'D-1'", {"no_newer_state_was_lost"}),
        ("update marts.devices set _batch_no = 2", {"each_row_was_written_by_its_batch"}),
        (
            "update onerow.load_outcomes set row_count = row_count + 1 where batch_no = 1 and outcome = 'rejected'",
            {"rows_accounted_for", "each_claimed_row_has_one_outcome"},
        ),
        (
            "delete from onerow.load_outcomes where batch_no = 2",
            {"rows_accounted_for", "each_claimed_row_has_one_outcome", "each_row_was_written_by_its_batch"},
        ),
        ("create table marts.devices__new_0123456789ab ()", {"nothing_is_left_over"}),
        (
            "update onerow.batches set quarantined_at = '2026-01-01' where batch_no = 2",
            {"matches_source", "rows_accounted_for", "no_mart_holds_a_quarantined_batch"},
        ),
    ],
    ids=[
        "ghost",
        "twin",
        "null-key",
        "dropped",
        "set-back",
        "other-batch",
        "outcome",
        "outcomes",
        "left",
        "quarantined",
    ],
)
def test_a_fault_is_found_by_the_tests_that_claim_it(
    tested, reconciled: Callable[..., Report], connection, database: Database, fault: str, found_by: set[str]
):
    """And by no other one. Guard: the condition of each test."""
    record(connection, "onerow", reconciled())
    if fault == TWIN:
        without_unique_index(database)
    database.execute(fault)

    assert set(tested()) == found_by


def test_a_gap_between_windows_is_found(tested, database: Database):
    """The batch that would fill it is named. Guard: missing_windows."""
    database.execute(
        "update onerow.batches set window_start = '2026-05-01', window_end = '2026-05-02' where batch_no = 1"
    )
    database.execute(
        "update onerow.batches set window_start = '2026-05-03', window_end = '2026-05-04' where batch_no = 2"
    )
    database.execute(
        "insert into onerow.batches"
        " (source, batch_id, extracted_at, row_count, window_start, window_end, quarantined_at)"
        " values ('devices', 'bad', now(), 0, '2026-05-02', '2026-05-03', now())"
    )

    assert set(tested()) == {"no_missing_windows"}
    assert database.rows(
        "select window_start::date::text, window_end::date::text, quarantined_batches"
        " from marts_monitoring.missing_windows"
    ) == [("2026-05-02", "2026-05-03", [3])]


def test_growth_is_measured_from_the_last_time_that_both_sides_were_equal(
    tested, reconciled, connection, database: Database
):
    """A run that saw the growth does not make it the new normal. Guard: the order of unexplained_growth."""
    record(connection, "onerow", reconciled())
    database.execute(GHOST)
    record(connection, "onerow", reconciled())

    assert "no_unexplained_growth" in tested()


def test_a_repaired_gap_is_no_growth(tested, reconciled, connection, database: Database):
    """Guard: the last condition of unexplained_growth."""
    database.execute("create table kept as select * from marts.devices where device_id = 'D-1'")
    database.execute("delete from marts.devices where device_id = 'D-1'")
    record(connection, "onerow", reconciled())
    database.execute("insert into marts.devices select * from kept")

    assert tested() == {}


def test_sample_keys_are_logged_above_the_failure(project: DbtProject, database: Database):
    """Guard: log_violations."""
    without_unique_index(database)
    for number in range(1, 5):
        database.execute("insert into marts.devices select * from marts.devices where device_id = %s", f"D-{number}")

    finished = project.dbt("test", "--select", "devices", "--exclude", "test_type:unit")

    lines = [line.partition("  ")[2] for line in finished.stdout.splitlines()]
    said = lines.index("one_row_per_key_devices_: 4 violations, the first 3:")
    assert lines[said + 1 : said + 4] == [f'  {{"device_id": "D-{number}", "row_count": 2}}' for number in (1, 2, 3)]
    assert next(n for n, line in enumerate(lines) if "FAIL 4 one_row_per_key" in line) > said


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        (
            "{name: stg_devices, data_tests: [one_row_per_key]}",
            "has no unique_key, so name the columns",
        ),
        (
            "{name: stg_devices, data_tests: [rows_accounted_for]}",
            "a model with meta.onerow.source is needed",
        ),
    ],
    ids=["no-key", "no-source"],
)
def test_a_test_that_cannot_be_answered_says_so(project: DbtProject, node: str, expected: str):
    """Guard: the errors of unique_key_of and reconciled_mart."""
    changed = project.with_files({"models/staging/stg_devices.yml": f"models: [{node}]"})

    outcome = changed.dbt_in_process("test", "--quiet", "--select", "stg_devices", "--exclude", "test_type:singular")

    assert not outcome.success
    [result] = results_of(outcome)
    assert expected in result.message


def test_the_key_can_be_named(project: DbtProject, database: Database):
    """For models without a unique_key, as a list or under a column. Guard: the arguments of one_row_per_key."""
    changed = project.with_files(
        {
            "models/staging/stg_devices.yml": """
models:
  - name: stg_devices
    data_tests:
      - one_row_per_key: {arguments: {key: [_batch_no, _line_number]}}
    columns:
      - name: site
        data_tests: [one_row_per_key]
"""
        }
    )

    outcome = changed.dbt_in_process("test", "--quiet", "--select", "stg_devices", "--exclude", "test_type:singular")

    statuses = {each.node.column_name: str(each.status) for each in results_of(outcome)}
    assert statuses == {None: "pass", "site": "fail"}
