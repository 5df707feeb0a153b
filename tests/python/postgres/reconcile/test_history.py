"""onerow reconcile history, and how long figures are kept."""

import json

from onerow.reconcile.marts import find_marts
from onerow.reconcile.reconcile import record
from onerow.report.history import read_history
from onerow.report.retention import forget_old_runs

COLUMNS = "run_id, model, check_name, window_start, figure, source_value, destination_value, status, reconciled_at"


def recorded_runs(database, *statuses, days=1):
    """Record a run a status, the first one that many days ago, with one day between them."""
    for age, status in zip(range(days + len(statuses) - 1, -1, -1), statuses, strict=False):
        database.execute(
            f"insert into onerow.reconciliations ({COLUMNS})"
            " select md5(%s::text)::uuid, current_database() || '.marts.devices', 'counts', w, 'rows', 10, 10 - %s, %s,"
            " now() - make_interval(days => %s) from unnest(array[null, timestamptz '2026-05-01']) as w",
            f"{age}",
            int(status == "difference"),
            status,
            age,
        )


def ages(database):
    """Return how old the kept runs are, in days, newest first, with the number of their figures."""
    return database.rows(
        "select extract(day from now() - reconciled_at)::integer, count(*) from onerow.reconciliations"
        " group by 1 order by 1"
    )


def test_history_as_table_and_json(project, database):
    """Guard: the command of two words, trend."""
    recorded_runs(database, "ok", "difference", "difference", days=1)

    table = project.onerow("reconcile history", "devices", "orders").succeeded().stdout
    as_json = project.onerow("reconcile history", "devices", "--last", "2", "--format", "json").succeeded().stdout

    lines = [" ".join(line.split()) for line in table.splitlines()]
    assert lines[0].startswith("devices DIFFERENCES since ")
    assert lines[1] == "equal in 1 of 3 runs, median change \N{MINUS SIGN}0.5 rows a run"
    assert lines[3] == "run verdict source mart change what differed"
    assert lines[4].endswith("UTC differs 10 9 0 rows (1 window)")
    assert lines[6].endswith("UTC equal 10 10")
    assert lines[-1] == "orders not reconciled yet"

    [mart] = json.loads(as_json)["marts"]
    assert {name: mart["trend"][name] for name in ("status", "runs", "equal_runs", "median_row_change")} == {
        "status": "difference",
        "runs": 2,
        "equal_runs": 0,
        "median_row_change": 0,
    }
    assert [run["row_change"] for run in mart["runs"]] == [0, None]
    assert mart["runs"][0]["figures"] == [
        {
            "level": "counts",
            "figure": "rows",
            "source": 10,
            "destination": 9,
            "status": "difference",
            "differing_windows": 1,
        }
    ]


def test_real_runs_are_in_the_history(job, connection, reconciled):
    """Guard: the mart's name is the one in the ledger."""
    for _ in range(2):
        report = reconciled("counts")
        record(connection, "onerow", report)
    marts = find_marts(job, ("devices",))

    [history] = read_history(job, connection, marts, last=10)

    assert history.relation == report.marts[0].relation
    assert [run.status for run in history.runs] == ["ok", "ok"]
    assert history.runs[0].run_id == report.run_id


def test_old_figures_go_but_for_the_last_of_each_verdict(job, connection, database):
    """unexplained_growth compares with the last equal run, however old. Guard: forget_reconciliations."""
    recorded_runs(database, "ok", "ok", "difference", "difference", "difference", days=8)
    assert ages(database) == [(8, 2), (9, 2), (10, 2), (11, 2), (12, 2)]

    assert forget_old_runs(job, connection, 10) == 4

    assert ages(database) == [(8, 2), (9, 2), (11, 2)]
    assert forget_old_runs(job, connection, 10) == 0


def test_reconcile_keeps_figures_as_long_as_the_project_says(project, database):
    """Guard: the var, and that the command asks for it."""
    recorded_runs(database, "ok", "ok", "ok", days=3)
    settings = (project.folder / "dbt_project.yml").read_text(encoding="utf-8")
    assert "onerow_keep_reconciliations: 365" in settings
    short = project.with_files({"dbt_project.yml": settings.replace("reconciliations: 365", "reconciliations: 4")})
    wrong = project.with_files({"dbt_project.yml": settings.replace("reconciliations: 365", "reconciliations: soon")})

    short.onerow("reconcile", "devices", "--level", "counts").succeeded()

    # Those of the window have no newer ones; of the whole there is the run of now.
    assert [age for age, _ in ages(database)] == [0, 3]
    refused = wrong.onerow("reconcile", "devices")
    assert refused.returncode == 2, refused
    assert "the var onerow_keep_reconciliations is a number of days, 1 or more, not 'soon'" in refused.stderr
