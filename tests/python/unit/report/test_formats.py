"""What a reconciliation is to CI, to a spreadsheet and to Prometheus."""

import csv
import io
import json
from pathlib import Path
from xml.etree import ElementTree as ET  # parses what was written here

import pytest
from jsonschema import Draft202012Validator
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from onerow.report.formats import TEXT_FORMATS
from reports import differing_mart, equal_mart, report_of

REPOSITORY = Path(__file__).parents[4]
SCHEMA = json.loads((REPOSITORY / "docs/reference/reconcile.schema.json").read_text(encoding="utf-8"))


def written(output_format, *marts):
    """Return the text of a report of these marts."""
    return TEXT_FORMATS[output_format](report_of(*marts).to_json())


def parsed(xml):
    """Return the root of what was written as XML."""
    return ET.fromstring(xml)  # noqa: S314 - our own


def described(name, schema=SCHEMA):
    """Return the names that the schema has for an object."""
    return set((schema["$defs"][name] if name else schema)["properties"])


def test_json_is_what_its_schema_describes():
    """Guard: required names and types of the schema."""
    Draft202012Validator.check_schema(SCHEMA)
    report = json.loads(written("json", equal_mart(), differing_mart()))

    Draft202012Validator(SCHEMA, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(report)


def test_schema_describes_every_name_of_the_json():
    """Guard: properties of the schema, which allows others for the sake of later versions."""
    report = json.loads(written("json", differing_mart()))
    [mart] = report["marts"]
    level = mart["levels"][0]

    assert set(report) == described(None)
    assert set(mart) == described("mart")
    assert set(mart["schema_changes"][0]) == described("schema_change")
    assert set(level) == described("level")
    assert set(level["figures"][0]) == described("figure")
    assert set(level["findings"][0]) == described("finding")


def test_csv_has_one_row_a_figure_with_its_window():
    """Guard: figures_of."""
    rows = list(csv.DictReader(io.StringIO(written("csv", equal_mart(), differing_mart()))))

    assert [(row["model"], row["level"], row["figure"]) for row in rows[:5]] == [
        ("orders", "counts", "rows"),
        ("orders", "counts", "keys"),
        ("orders", "counts", "waiting_rows"),
        ("devices", "counts", "rows"),
        ("devices", "counts", "missing_keys"),
    ]
    assert [row["window_start"] for row in rows[6:9]] == [
        "2025-01-01T00:00:00+00:00",
        "2025-01-02T00:00:00+00:00",
        "2025-01-03T00:00:00+00:00",
    ]
    assert (rows[3]["source_value"], rows[3]["destination_value"], rows[3]["difference"]) == ("7000", "6999", "-1")
    assert rows[2]["destination_value"] == rows[2]["violations"] == ""


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_csv_has_no_text_that_a_spreadsheet_runs(text):
    """Numbers below zero stay numbers. Guard: _cell."""
    rows = list(csv.reader(io.StringIO(written("csv", equal_mart(text)), newline="")))

    assert rows[1][2] == f"'{text}"
    assert rows[1][4] == f"'{text}"


def test_csv_keeps_quotes_separators_and_line_breaks_in_their_cell():
    """Guard: the csv module."""
    [_, first, *_] = csv.reader(io.StringIO(written("csv", equal_mart('a,"b"\nc')), newline=""))

    assert first[2] == 'a,"b"\nc'


def test_junit_has_a_test_case_a_figure_that_was_compared():
    """Guard: INFO is left out, windows are not."""
    root = parsed(written("junit", equal_mart(), differing_mart()))

    assert (root.tag, root.get("tests"), root.get("failures"), root.get("errors")) == ("testsuites", "10", "6", "0")
    assert [(suite.get("name"), suite.get("tests"), suite.get("failures")) for suite in root] == [
        ("orders", "2", "0"),
        ("devices", "8", "6"),
    ]
    names = {case.get("name"): case for case in root.iter("testcase")}
    assert names["counts: rows [2025-01-02T00:00:00+00:00]"].find("failure").get("message") == (
        "source 1001, destination 1000, 1 violations"
    )
    assert names["counts: rows [2025-01-03T00:00:00+00:00]"].find("failure") is None
    assert names["counts: rows"].get("classname") in ("db.marts.orders", "db.marts.devices")


def test_junit_shows_the_samples_of_each_rule_once():
    """Guard: findings, also of a rule that no figure names."""
    root = parsed(written("junit", differing_mart()))
    failures = {case.get("name"): case.find("failure").text for case in root.iter("testcase") if len(case)}

    assert (
        '{"natural_key": {"id": "D-2"}, "changes": {"D-1": {"source": "D-1", "destination": null}}}'
        in (failures["rows: differing_rows"])
    )
    assert failures["rows: withdrawn_rows"] == '3 violations\n{"natural_key": {"id": "D-1"}}'
    assert failures["counts: rows"] == "source 7000, destination 6999, 1 violations"


def test_junit_is_well_formed_whatever_was_delivered():
    """Characters that XML cannot hold are written out. Guard: _text."""
    hostile = "\x00\x1b[2J</failure>]]><!-- \ufffe & \"'"
    root = parsed(written("junit", differing_mart(hostile), equal_mart(hostile)))

    assert root[1].get("name") == "\\x00\\x1b[2J</failure>]]><!-- \\ufffe & \"'"


def families(*marts):
    """Return the samples of each metric, as Prometheus' own parser reads them."""
    read = text_string_to_metric_families(written("openmetrics", *marts))
    return {family.name: family.samples for family in read}


def test_openmetrics_are_valid_and_say_what_is_equal():
    """Guard: TYPE, HELP and EOF, which the parser wants."""
    metrics = families(equal_mart(), differing_mart())

    assert [(sample.labels["model"], sample.value) for sample in metrics["onerow_mart_equal"]] == [
        ("orders", 1),
        ("devices", 0),
    ]
    assert {sample.value for sample in metrics["onerow_reconciled_timestamp_seconds"]} == {1777701600}
    assert [sample.value for sample in metrics["onerow_waiting_batches"]] == [1, 0]
    sides = [
        (sample.labels["side"], sample.value)
        for sample in metrics["onerow_figure"]
        if (sample.labels["model"], sample.labels["level"], sample.labels["figure"]) == ("devices", "counts", "rows")
    ]
    assert sides == [("source", 7000), ("destination", 6999)]
    assert {sample.labels["figure"]: sample.value for sample in metrics["onerow_violations"]} == {
        "rows": 1,
        "keys": 0,
        "missing_keys": 1,
        "null_keys": 2,
        "differing_rows": 1,
    }


def test_openmetrics_count_the_windows_that_differ_instead_of_naming_them():
    """Guard: no label has a window."""
    metrics = families(differing_mart(days=400))

    assert [(sample.labels["figure"], sample.value) for sample in metrics["onerow_differing_windows"]] == [("rows", 1)]
    assert sum(len(samples) for samples in metrics.values()) < 20


def test_openmetrics_escape_labels():
    """Guard: _escaped."""
    hostile = 'a"b\\n\nc\\'

    assert families(equal_mart(hostile))["onerow_mart_equal"][0].labels["model"] == hostile
