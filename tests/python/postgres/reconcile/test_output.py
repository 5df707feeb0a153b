"""onerow reconcile --format ... --output FILE: what is written, and where."""

import json
from pathlib import Path

from jsonschema import Draft202012Validator

SCHEMA = Path(__file__).parents[4] / "docs/reference/reconcile.schema.json"


def test_json_of_a_real_run_is_what_its_schema_describes(project, database):
    """On standard output, as ever. Guard: Report.to_json and the schema agree."""
    database.execute("delete from marts.devices where device_id = 'D-3'")
    database.execute(
        "insert into onerow.schema_changes (source, column_name, change, batch_no, action)"
        " values ('devices', 'battery', 'added', 2, 'kept in _unexpected')"
    )

    finished = project.onerow("reconcile", "devices", "--format", "json")

    assert finished.returncode == 3, finished
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(
        json.loads(finished.stdout)
    )


def test_output_goes_to_the_file_and_keeps_the_exit_code(project, database, tmp_path):
    """Guard: --output, and 3 after it."""
    database.execute("delete from marts.devices where device_id = 'D-3'")

    finished = project.onerow("reconcile", "devices", "--format", "junit", "--output", tmp_path / "junit.xml")

    assert finished.returncode == 3, finished
    assert finished.stdout == ""
    assert finished.stderr.endswith(f"Written: {tmp_path}/junit.xml\n")
    written = (tmp_path / "junit.xml").read_text(encoding="utf-8")
    assert written.startswith('<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="onerow reconcile"')
    assert '"natural_key": {"device_id": "D-3"}' in written.replace("&quot;", '"')
    assert database.value("select count(*) from onerow.reconciliations where status = 'difference'") == 4


def test_table_in_a_file_is_plain_text(project, tmp_path):
    """Guard: table_text."""
    project.onerow("reconcile", "devices", "--output", tmp_path / "report.txt").succeeded()

    lines = (tmp_path / "report.txt").read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("devices  all equal")
    assert "\x1b" not in "".join(lines)


def test_folder_that_is_missing_is_found_before_the_work(project, database, tmp_path):
    """Guard: require_folder."""
    finished = project.onerow("reconcile", "devices", "--output", tmp_path / "nowhere" / "report.txt")

    assert finished.returncode == 2, finished
    assert "there is no folder" in finished.stderr
    assert database.value("select count(*) from onerow.reconciliations") == 0
