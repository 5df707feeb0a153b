"""Exceptions to rules: what they cover is left out by `onerow reconcile` and monitoring models, until they expire."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from clean_devices import figures, violations_seen_by_dbt
from harness.dbt_project import REPOSITORY
from onerow.reconcile.reconcile import record
from onerow.report.read import read_facts

TODAY = datetime.now(UTC).date()
DELETE = "delete from marts.devices where device_id = 'D-3'"


@pytest.fixture
def excepted(database):
    """Put an exception into the ledger, as the seed's hook does."""

    def put(rule, natural_key, expires_on=TODAY):
        database.execute(
            "insert into onerow.exceptions (model, rule, natural_key, reason, expires_on)"
            " values (current_database() || '.marts.devices', %s, %s, 'a test', %s)",
            rule,
            natural_key,
            expires_on,
        )

    return put


def test_what_an_exception_covers_is_left_out_by_python_and_by_dbt(reconciled, database, excepted):
    """On both sides, so that rows and keys agree as well. Guard: compared_keys, is_excepted."""
    database.execute(DELETE)
    excepted("missing_keys", '{"device_id": "D-3"}')
    excepted("rows_not_accounted_for", '{"figure": "mart_rows"}')

    report = reconciled("counts", "accounting")

    assert [figures(level) for level in report.marts[0].levels] == [{}, {}]
    assert violations_seen_by_dbt(database, "missing_keys") == 0
    assert violations_seen_by_dbt(database, "rows_not_accounted_for") == 0


@pytest.mark.parametrize(
    ("rule", "natural_key", "expires_on"),
    [
        ("missing_keys", '{"device_id": "D-3"}', TODAY - timedelta(days=1)),
        ("missing_keys", '{"device_id": "D-4"}', TODAY),
        ("unexpected_keys", '{"device_id": "D-3"}', TODAY),
    ],
    ids=["expired", "another_key", "another_rule"],
)
def test_what_no_exception_covers_counts(reconciled, database, excepted, rule, natural_key, expires_on):
    """Guards: expires_on, natural_key and rule in is_excepted."""
    database.execute(DELETE)
    excepted(rule, natural_key, expires_on)

    assert set(figures(reconciled("counts").marts[0].levels[0])) == {"rows", "keys", "missing_keys"}
    assert violations_seen_by_dbt(database, "missing_keys") == 1


def test_key_with_two_faults_needs_two_exceptions(reconciled, database, excepted):
    """Guard: every flag of the key is covered, not any."""
    for (name,) in database.rows(
        "select indexrelid::regclass::text from pg_index where indrelid = 'marts.devices'::regclass and indisunique"
    ):
        database.execute(f"drop index {name}")
    database.execute("insert into marts.devices (device_id) values ('GHOST'), ('GHOST')")
    excepted("unexpected_keys", "{}")
    assert set(figures(reconciled("counts").marts[0].levels[0])) >= {"duplicate_keys", "unexpected_keys"}

    excepted("duplicate_keys", "{}")
    assert figures(reconciled("counts").marts[0].levels[0]) == {}


WINDOW_RULES = {
    "missing_windows": (
        "windows",
        (
            "update onerow.batches set window_start = '2026-05-01Z', window_end = '2026-05-02Z' where batch_no = 1",
            "update onerow.batches set window_start = '2026-05-03Z', window_end = '2026-05-04Z' where batch_no = 2",
        ),
        '{"window_start": "2026-05-02T00:00:00Z", "window_end": "2026-05-03T00:00:00Z"}',
        '{"window_start": "2026-05-01T00:00:00Z"}',
    ),
    "unconsumed_batches": (
        "windows",
        (
            "insert into onerow.batches (source, batch_id, extracted_at, row_count, landed_at)"
            " values ('devices', 'late', now(), 0, now() - interval '2 days')",
        ),
        '{"batch_id": "late"}',
        '{"batch_id": "later"}',
    ),
    "unexplained_growth": (
        "growth",
        ("insert into marts.devices (device_id) values ('GHOST')",),
        '{"window_start": null}',
        '{"window_start": "2026-05-01T00:00:00Z"}',
    ),
}


@pytest.mark.parametrize("rule", WINDOW_RULES)
def test_window_or_batch_is_excepted_by_its_members(reconciled, connection, database, excepted, rule):
    """Whatever the time zone of the session. Guard: is_excepted in the rule."""
    level, faults, covering, other = WINDOW_RULES[rule]
    record(connection, "onerow", reconciled("counts"))
    for fault in faults:
        database.execute(fault)
    connection.execute("set timezone = 'Asia/Tokyo'")
    connection.commit()

    excepted(rule, other)
    assert [finding.rule for finding in reconciled(level).marts[0].levels[0].findings] == [rule]
    assert violations_seen_by_dbt(database, rule) == 1

    excepted(rule, covering)
    assert figures(reconciled(level).marts[0].levels[0]) == {}
    assert violations_seen_by_dbt(database, rule) == 0


def test_seed_becomes_the_ledgers_exceptions_of_this_target(project, database, job, connection):
    """The lines that the docs show. Guard: take_exceptions, and that it leaves other targets' alone."""
    database.execute(
        "insert into onerow.exceptions (model, rule, natural_key, reason, expires_on) values"
        " (current_database() || '.marts.devices', 'null_keys', '{}', 'taken back', %s),"
        " ('another.marts.devices', 'null_keys', '{}', 'of another target', %s)",
        TODAY,
        TODAY,
    )
    page = (REPOSITORY / "docs/reference/reports.md").read_text(encoding="utf-8")
    [lines] = re.findall(r"```text\n(rule,model.*?)```", page, re.DOTALL)
    expired = "null_keys,devices,,old sender,2020-01-31\n"
    with_seed = project.with_files({"seeds/reconcile_exceptions.csv": lines + expired})

    with_seed.dbt("build", "--select", "reconcile_exceptions").succeeded()

    relation = f"{database.name}.marts.devices"
    known = read_facts(job, connection, [relation]).exceptions
    assert set(known) == {relation, f"{database.name}.marts.orders", "another.marts.devices"}
    assert [(each.rule, each.natural_key, each.reason) for each in known[relation]] == [
        ("missing_keys", {"device_id": "SN-000017"}, "deleted on request of its owner"),
        ("null_keys", {}, "old sender"),
        ("rows_not_accounted_for", {"figure": "mart_rows"}, "the same device"),
    ]
    assert not known[relation][1].is_in_force


def test_exception_of_a_model_that_is_no_mart_is_refused(project, database):
    """Guard: the left join of take_exceptions."""
    header = "rule,model,natural_key,reason,expires_on\n"
    wrong = project.with_files({"seeds/reconcile_exceptions.csv": f"{header}null_keys,device,,typo,2999-12-31\n"})

    finished = wrong.dbt("seed", "--select", "reconcile_exceptions")

    assert finished.returncode == 1, finished
    assert 'null value in column "model"' in finished.stdout
    assert database.value("select count(*) from onerow.exceptions") == 0
