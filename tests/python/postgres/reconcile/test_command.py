"""onerow reconcile as it is run from cron: exit codes, JSON, table, and the history in the ledger."""

import json

import pytest

from clean_devices import figures
from onerow.errors import HistoryNotWritten, ModelWithoutSource, ReconcileFailed, RelationMissing
from onerow.reconcile.marts import find_marts
from onerow.reconcile.reconcile import record

EMPTIED = "models/staging/stg_devices.sql"
MART = "models/marts/devices.sql"


def differences(finished):
    """Return the figures that are differences, over all levels: name to (source, destination)."""
    report = json.loads(finished.stdout)
    return {
        figure["figure"]: (figure["source"], figure["destination"])
        for mart in report["marts"]
        for level in mart["levels"]
        for figure in level["figures"]
        if figure["status"] == "difference"
    }


def test_clean_state_exits_0_and_is_recorded(project, database):
    """Guard: record."""
    finished = project.onerow("reconcile", "devices").succeeded()

    assert "all equal" in finished.stdout
    assert database.rows(
        "select model, check_name, figure, source_value, destination_value, status from onerow.reconciliations"
        " where figure in ('keys', 'mart_rows') order by figure"
    ) == [
        (f"{database.name}.marts.devices", "counts", "keys", 7, 7, "ok"),
        (f"{database.name}.marts.devices", "accounting", "mart_rows", 7, 7, "ok"),
    ]


def test_staging_that_returns_nothing_exits_3_from_both_levels(project, landed_third):
    """Accounting does not prove itself. Guard: the source side never reads staging."""
    staging = (project.folder / EMPTIED).read_text(encoding="utf-8")
    emptied = project.with_files({EMPTIED: staging.rstrip() + " where false\n"})
    emptied.dbt("run", "--select", "+devices").succeeded()

    finished = project.onerow("reconcile", "devices", "--format", "json")

    assert finished.returncode == 3, finished
    assert differences(finished) == {
        "rows": (8, 7),
        "keys": (8, 7),
        "missing_keys": (1, None),
        "filtered_rows": (0, 2),
    }
    [mart] = json.loads(finished.stdout)["marts"]
    assert [level["level"] for level in mart["levels"] if level["status"] == "difference"] == ["counts", "accounting"]


def test_filter_of_the_model_is_a_difference_until_it_is_declared(project, landed_third):
    """Guard: meta.onerow.reconcile.where in delivered_rows."""
    condition = "device_id is distinct from 'D-10'"
    options = "'version_column': 'reported_at'"
    mart = (project.folder / MART).read_text(encoding="utf-8")
    assert options in mart
    filtered = f"{mart.rstrip()}\n    and {condition}\n"
    declared = filtered.replace(options, f"""{options}, 'reconcile': {{'where': "{condition}"}}""")

    silent = project.with_files({MART: filtered})
    silent.dbt("run", "--select", "devices").succeeded()
    finished = silent.onerow("reconcile", "devices", "--format", "json")

    assert finished.returncode == 3, finished
    assert differences(finished) == {
        "rows": (8, 7),
        "keys": (8, 7),
        "missing_keys": (1, None),
        "filtered_rows": (0, 1),
    }
    project.with_files({MART: declared}).onerow("reconcile", "devices").succeeded()


def test_missing_mart_exits_1_with_its_remedy(project, database):
    """Guard: the remedies of _tables."""
    database.execute("drop table marts.devices cascade")

    finished = project.onerow("reconcile")

    assert finished.returncode == 1, finished
    assert finished.stderr.strip() == "onerow: there is no table marts.devices. Build it: dbt run --select +devices"


def test_missing_landing_table_is_named_with_its_remedy(reconciled, database):
    """Guard: the remedies of _tables."""
    database.execute("drop table landing.devices cascade")

    with pytest.raises(RelationMissing, match=r"landing\.devices\. Land a first batch: onerow land devices FILE"):
        reconciled()


def test_rule_that_cannot_be_read_is_named(reconciled, database):
    """The mart lacks a column of the natural key. Guard: ReconcileFailed."""
    database.execute("alter table marts.devices rename column device_id to id")

    with pytest.raises(ReconcileFailed, match=r"devices: key_figures could not be read: .*device_id does not exist"):
        reconciled()


def test_server_that_is_away_exits_1_without_a_secret(project):
    """Guard: ConnectionFailed."""
    finished = project.with_profile(port=1).onerow("reconcile")

    assert finished.returncode == 1, finished
    assert "cannot connect to" in finished.stderr
    assert project.login.password not in finished.stdout + finished.stderr


def test_unknown_model_exits_2(project):
    """Guard: UnknownModel."""
    finished = project.onerow("reconcile", "nowhere")

    assert finished.returncode == 2, finished
    assert "there is no model 'nowhere' in the project. Models with a source: " in finished.stderr
    assert "devices" in finished.stderr


def test_values_of_a_mart_without_a_source_to_compare_with_are_wrong_use(project):
    """It would look as if all were equal. Guard: the levels that are asked for."""
    finished = project.onerow("reconcile", "devices", "--level", "rows")

    assert finished.returncode == 2, finished
    assert "these have none: devices" in " ".join(finished.stderr.split())


def test_model_without_a_source_is_wrong_use(job):
    """Guard: ModelWithoutSource."""
    with pytest.raises(ModelWithoutSource, match=r"stg_devices has no meta\.onerow\.source") as refused:
        find_marts(job, ("stg_devices",))

    assert refused.value.exit_code == 2


def test_differences_come_first_in_the_table(project, database):
    """Guard: the order of figures, and the way to look closer."""
    database.execute("delete from marts.devices where device_id = 'D-3'")

    finished = project.onerow("reconcile", "devices", "--level", "counts")

    assert finished.returncode == 3, finished
    lines = [" ".join(line.split()) for line in finished.stdout.splitlines()]
    assert lines[0].startswith("devices DIFFERENCES")
    assert lines[3:7] == ["rows 7 6 -1", "keys 7 6 -1", "missing keys 1 -1", "unexpected keys 0 0"]
    assert 'device_id="D-3" 1 1' in lines
    assert "all of them: dbt show --select missing_keys --limit 100" in lines


def test_history_that_cannot_be_written_is_an_error_of_its_own(reconciled, connection, database):
    """Guard: HistoryNotWritten."""
    report = reconciled("counts")
    assert figures(report.marts[0].levels[0]) == {}
    database.execute("drop table onerow.reconciliations cascade")

    with pytest.raises(HistoryNotWritten, match=r"the result is right, but .* could not be written"):
        record(connection, "onerow", report)
