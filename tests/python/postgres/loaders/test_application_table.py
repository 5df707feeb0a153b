"""A table that an application INSERTs into is a source like any other, and nothing of it is lost or counted twice."""

import pytest

from harness.dbt_project import message, succeeded
from harness.stopped_load import stopped_load
from postgres.loaders.payments import OPTIONS, files, mart, pay


def amounts(database, mart="payments"):
    return dict(database.rows(f"select payment, amount from marts.{mart}"))


def test_each_batch_is_consumed_once_and_an_idle_run_writes_nothing(database, load, outcomes):
    pay(database, "j1", ("a", 1), ("b", 1))
    assert "2 new" in load()
    pay(database, "j2", ("b", 2), ("c", 2))
    assert "1 new, 1 modified" in load()
    written = database.rows("select ctid, xmin from marts.payments order by 1")
    load()
    assert database.rows("select ctid, xmin from marts.payments order by 1") == written
    assert amounts(database) == {"a": 1, "b": 2, "c": 2}
    assert outcomes() == {("j1", 1): {"new": 2}, ("j2", 1): {"new": 1, "modified": 1}}
    assert database.rows("select source, batch_id, row_count from onerow.batches order by batch_no") == [
        ("payments", "j1", 2),
        ("payments", "j2", 2),
    ]


def test_values_keep_their_exact_form(database, load):
    database.execute(
        'insert into raw.payments (job, payment, amount, paid_at, method, "odd ""x"" name") values'
        " ('j', 'p', 12345678901234567890.10, '2026-05-01T12:00:00.123456+02', '{\"b\": 1.0, \"a\": \"x\"}', 7)"
    )
    load()
    assert database.rows(
        "select amount::text, paid_at at time zone 'UTC' || '', method::text, odd from marts.payments"
    ) == [("12345678901234567890.10", "2026-05-01 10:00:00.123456", '{"b": 1.0, "a": "x"}', 7)]


def test_a_transaction_that_commits_late_is_not_missed(database, load):
    """It holds older times and a smaller id than what has been loaded by then. A watermark loses it, for ever."""
    late = database.connect()
    late.execute(
        "insert into raw.payments (job, payment, amount, paid_at) values ('j1', 'late', 1, '2026-05-01T01:00Z')"
    )
    pay(database, "j2", ("a", 2))
    load()
    watermark = database.value("select max(paid_at) from marts.payments")
    late.commit()
    assert database.value("select count(*) from raw.payments where paid_at > %s", watermark) == 0
    assert "1 new" in load()
    assert amounts(database) == {"late": 1, "a": 2}


def test_a_batch_that_has_grown_is_claimed_again(database, load, outcomes):
    """Guards: the count in register_batches, `row_count >=` in claim_batches."""
    pay(database, "j1", ("a", 1))
    load()
    pay(database, "j1", ("b", 1))
    assert "1 new" in load()
    assert amounts(database) == {"a": 1, "b": 1}
    assert outcomes() == {("j1", 1): {"new": 1}, ("j1", 2): {"new": 1, "unchanged": 1}}
    assert database.rows("select attempt, row_count from onerow.claims order by 1") == [(1, 1), (2, 2)]


@pytest.mark.parametrize("strategy", ["insert_new", "upsert"])
def test_without_a_version_a_grown_batch_has_one_position(database, project, load, strategy):
    """Guard: one row a batch in order_batches; its two claims would double the rows."""
    project = project.with_files(files(payments=mart(strategy, version_column=None)))
    pay(database, "j1", ("a", 1))
    load(of=project)
    pay(database, "j1", ("b", 1))
    load(of=project)
    assert amounts(database) == {"a": 1, "b": 1}


def test_rows_that_come_in_while_a_load_reads_are_left_to_the_next_one(database, project, gate, load, outcomes):
    """The row comes between list and read. Guard: leave_to_later; without it the row is loaded and not counted."""
    pay(database, "j1", ("a", 1))
    database.execute(
        "create function public.stop() returns trigger language plpgsql as"
        " $$ begin perform pg_advisory_xact_lock_shared(1); return null; end $$;"
        "create trigger stop after update on onerow.claims for each statement execute function public.stop()"
    )
    holder = database.connect(autocommit=True)
    holder.execute("select pg_advisory_lock(1)")
    run = project.start_dbt("run", "--select", "payments")
    gate.wait_until_waiting(1, [run], of=".marts.payments")
    pay(database, "j1", ("b", 1))
    holder.close()
    run.wait().succeeded()
    assert amounts(database) == {"a": 1}
    assert outcomes() == {("j1", 1): {"new": 1}}
    load()
    assert amounts(database) == {"a": 1, "b": 1}
    assert outcomes()["j1", 2] == {"new": 1, "unchanged": 1}


def test_a_batch_is_claimed_when_it_is_complete(database, project, load):
    project = project.with_files(
        files(f"{OPTIONS}, complete_when: 'batch_id in (select j.name from raw.jobs as j where j.is_done)'")
    )
    database.execute("create table raw.jobs (name text, is_done boolean)")
    database.execute("insert into raw.jobs values ('j1', false)")
    pay(database, "j1", ("a", 1))
    load(of=project)
    assert amounts(database) == {}
    pay(database, "j1", ("b", 1))
    database.execute("update raw.jobs set is_done = true")
    load(of=project)
    assert amounts(database) == {"a": 1, "b": 1}


def test_two_marts_of_a_source_do_not_wait_for_each_other(database, project, gate):
    """Guard: the commit in see_batches."""
    project = project.with_files(files(first=mart(), second=mart()))
    pay(database, "j1", ("a", 1))
    assert project.dbt_in_process("run", "--quiet", "--select", "first", "second").success
    pay(database, "j2", ("b", 1))
    with stopped_load(project, database, gate, "first"):
        assert project.dbt_in_process(
            "run", "--quiet", "--select", "second", "--vars", "onerow_lock_timeout: 2s"
        ).success
    assert amounts(database, "first") == amounts(database, "second") == {"a": 1, "b": 1}


def test_batches_of_another_type_are_found_by_their_value(database, project, load):
    database.execute("drop table raw.payments cascade")
    database.execute(
        "create table raw.payments"
        " (id bigint generated always as identity, job timestamptz, payment text, amount numeric,"
        ' paid_at timestamptz, method json, "odd ""x"" name" integer)'
    )
    project = project.with_files(files(batch_type="timestamptz"))
    pay(database, "2026-05-01T12:00:00+02", ("a", 1))
    pay(database, "2026-05-01T10:00:00Z", ("b", 1))
    succeeded(project.dbt_in_process("run", "--quiet", "--select", "+payments"))
    assert amounts(database) == {"a": 1, "b": 1}
    assert database.rows("select batch_id, row_count from onerow.batches") == [("2026-05-01T10:00:00+00:00", 2)]


@pytest.mark.parametrize("is_indexed", [True, False])
def test_batches_are_found_with_and_without_an_index(database, load, is_indexed):
    """With one, only the batches of the last days are counted, by the index."""
    if is_indexed:
        database.execute("create index on raw.payments (job)")
    for number in range(30):
        pay(database, f"j{number:02}", (f"p{number}", number))
    load()
    assert len(amounts(database)) == 30
    database.execute("update onerow.batches set landed_at = landed_at - interval '8 days'")
    database.execute("update onerow.claims set claimed_at = claimed_at - interval '8 days'")
    pay(database, "j99", ("new", 1))
    assert "1 new" in load()


def test_growth_after_the_growth_window_is_found_by_reconcile(database, project, load):
    pay(database, "j1", ("a", 1))
    load()
    database.execute("update onerow.batches set landed_at = landed_at - interval '8 days'")
    database.execute("update onerow.claims set claimed_at = claimed_at - interval '8 days'")
    pay(database, "j1", ("b", 1))
    load()
    assert amounts(database) == {"a": 1}
    found = project.onerow("reconcile", "payments")
    assert found.returncode == 3
    assert "missing keys" in found.stdout


def test_rows_without_a_batch_are_missed(database, project, load):
    """No load ever sees them. Guard: the left join of batched_rows."""
    pay(database, "j1", ("a", 1))
    pay(database, None, ("lost", 1))
    load()
    found = project.onerow("reconcile", "payments")
    assert found.returncode == 3
    assert "rows not accounted for" in found.stdout


def test_reconcile_and_plan_see_batches_that_no_load_has_seen(database, project, load):
    pay(database, "j1", ("a", 1))
    load()
    assert project.onerow("reconcile", "payments").succeeded()
    pay(database, "j2", ("a", 2), ("b", 2))
    assert "waiting: 1 batch" in project.onerow("reconcile", "payments").succeeded().stdout
    assert "1 new, 1 modified" in project.onerow("plan", "payments").succeeded().stdout
    assert "j2" in project.onerow("batches list").succeeded().stdout


def test_refused_rows_are_dead_letters_to_be_corrected_where_they_come_from(database, project, load):
    pay(database, "j1", ("a", 1), (None, 2))
    load()
    assert database.rows("select line_number, reasons, (raw::json ->> 'amount') from onerow.dead_letters") == [
        (2, ["missing:payment"], "2")
    ]
    refused = project.onerow("dead-letters replay", "payments", "1")
    assert (refused.returncode, "landed in raw.payments by another tool" in refused.stderr) == (2, True)
    refused = project.onerow("land", "payments", project.folder / "dbt_project.yml")
    assert (refused.returncode, "deliver to it with that tool" in refused.stderr) == (2, True)


def test_full_refresh_reads_every_batch_again(database, load):
    pay(database, "j1", ("a", 1))
    load()
    pay(database, "j1", ("b", 1))
    pay(database, "j2", ("c", 1))
    assert "3 new" in load("--full-refresh")
    assert amounts(database) == {"a": 1, "b": 1, "c": 1}


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ("natural_key: [payment], batch_column: job", "row_id: the column that identifies a row"),
        ("natural_key: [payment], complete_when: 'true'", "complete_when: is for tables of other loaders"),
        ("natural_key: [payment], batch_column: 1, row_id: id", "batch_column: a text, not 1"),
    ],
)
def test_wrong_options_are_refused(project, options, problem):
    outcome = project.with_files(files(options)).dbt_in_process("run", "--quiet", "--select", "stg_payments")
    assert not outcome.success
    assert problem in str(outcome.exception or message(outcome, "stg_payments"))


def test_a_row_id_that_identifies_nothing_is_refused(database, project):
    project = project.with_files(files(OPTIONS.replace("row_id: id", "row_id: payment")))
    pay(database, "j1", ("a", 1), ("a", 2))
    outcome = project.dbt_in_process("run", "--quiet", "--select", "+payments")
    assert "row_id: payment does not identify a row of batch j1: 2 rows have the same value" in message(
        outcome, "payments"
    )
