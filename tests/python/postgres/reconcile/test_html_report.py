"""onerow report: what it reads from the ledger, and the file that it writes."""

import pytest

from onerow.errors import RelationMissing
from onerow.reconcile.reconcile import record
from onerow.report.read import RUNS, read_facts, read_runs
from onerow.report.runs import run_of, trend


@pytest.fixture
def relation(database):
    """The mart's name in the ledger."""
    return f"{database.name}.marts.devices"


def test_facts_are_what_the_ledger_has(job, connection, relation):
    """Guard: macros/report."""
    facts = read_facts(job, connection, [relation])

    assert facts.runs == {}
    assert [
        (each.batch_no, each.row_count, each.rejected_count, each.outcomes) for each in facts.batches[relation]
    ] == [
        (2, 3, 0, {"new": 1, "modified": 1, "stale": 1}),
        (1, 8, 1, {"new": 6, "rejected": 2}),
    ]
    assert facts.batches[relation][0].location.endswith("/second.csv")
    assert [(each.reason, each.status, each.letter_count) for each in facts.dead_letters["devices"]] == [
        ("invalid_timestamptz:reported_at", "open", 1),
        ("malformed", "open", 1),
        ("missing:device_id", "open", 1),
    ]


def test_runs_come_back_as_they_were_newest_first(job, connection, relation, reconciled, database):
    """With what differed, also in a window. Guard: runs_of_marts; run_of, which shows a run before it is recorded."""
    equal = reconciled("counts")
    record(connection, "onerow", equal)
    database.execute("delete from marts.devices where device_id = 'D-3'")
    differing = reconciled("counts")
    record(connection, "onerow", differing)
    database.execute(
        "insert into onerow.reconciliations (run_id, model, check_name, window_start, figure, source_value,"
        " destination_value, status, reconciled_at) select run_id, model, check_name, '2026-05-01', figure, 1, 0,"
        " 'difference', reconciled_at from onerow.reconciliations where figure = 'rows' and status = 'ok'"
    )

    newest, oldest = read_runs(job, connection, [relation], last=5)[relation]

    assert newest.run_id == differing.run_id
    assert sorted(newest.figures, key=str) == sorted(run_of(differing, differing.marts[0]).figures, key=str)
    assert [each.name for each in newest.differing] == ["keys", "missing_keys", "rows"]
    [rows] = oldest.differing
    assert (rows.source, rows.destination, rows.differing_windows) == (7, 7, 1)
    assert trend([newest, oldest]).rows_per_run == -1


def test_only_the_last_runs_are_read(job, connection, relation, database):
    """Guard: recency."""
    columns = "run_id, model, check_name, figure, source_value, destination_value, status, reconciled_at"
    database.execute(
        f"insert into onerow.reconciliations ({columns})"
        " select gen_random_uuid(), %s, 'counts', 'rows', n, n, 'ok', timestamptz '2026-05-01' + n * interval '1 hour'"
        " from generate_series(1, 100) as n",
        relation,
    )

    runs = read_runs(job, connection, [relation], last=3)[relation]

    assert [run.figure("rows").destination for run in runs] == [100, 99, 98]
    assert len(read_facts(job, connection, [relation]).runs[relation]) == RUNS


def test_ledger_that_is_missing_is_named(job, connection, relation, database):
    """Guard: the remedy of each table."""
    database.execute("drop table onerow.reconciliations cascade")

    with pytest.raises(RelationMissing, match=r"onerow\.reconciliations\. Both `onerow land` and `dbt run`"):
        read_facts(job, connection, [relation])


def test_report_is_written_and_ends_with_3_where_there_are_differences(project, database, tmp_path):
    """With hostile data from a real file on. Guard: the command, and the recorded run."""
    project.onerow("reconcile", "devices", "--level", "counts").succeeded()
    database.execute("update onerow.batches set location = '/in/<script>alert(1)</script>.csv'")
    database.execute("update marts.devices set device_id = '<b>D-3' where device_id = 'D-3'")

    finished = project.onerow("report", "devices", "--output", tmp_path / "report.html")

    assert finished.returncode == 3, finished
    assert finished.stdout == ""
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "&lt;script&gt;alert(1)&lt;/script&gt;.csv" in page
    assert "&lt;b&gt;D-3" in page
    assert "<script" not in page
    assert "equal in 1 of the last 2 runs" in page
    assert database.value("select count(distinct run_id) from onerow.reconciliations") == 2
