"""The monitoring models and the macros that they share with `onerow reconcile`."""

from pathlib import Path

import pytest

from clean_devices import violations_seen_by_dbt
from harness.dbt_project import REPOSITORY
from onerow.reconcile.rules import RULES

ALL_RULES = [rule for rules in RULES.values() for rule in rules]


def test_every_mart_with_a_source_is_watched(job):
    """Guard: the list of reconciled_marts."""
    nodes = job.manifest.nodes
    with_source = {
        name
        for name, node in nodes.items()
        if node.resource_type == "model" and (node.config.meta.get("onerow") or {}).get("source")
    }
    for rule in ALL_RULES:
        assert set(nodes[f"model.onerow.{rule}"].depends_on.nodes) >= with_source, rule


@pytest.mark.parametrize("rule", ALL_RULES)
def test_every_rule_has_a_model_a_test_and_a_runbook(job, rule):
    """Guard: the files themselves."""
    manifest = job.manifest
    tests = [
        node.test_metadata.name
        for node in manifest.nodes.values()
        if node.resource_type == "test" and f"model.onerow.{rule}" in node.depends_on.nodes
    ]
    runbook = (REPOSITORY / Path("docs", "runbooks", f"{rule}.md")).read_text(encoding="utf-8")

    assert "no_rows" in tests
    assert [line for line in runbook.splitlines() if line.startswith("## ")] == [
        "## Example",
        "## Why it matters",
        "## How to remedy",
    ]


def test_dbt_test_fails_on_a_violation(project, database):
    """Guard: the generic test no_rows."""
    project.dbt("test", "--select", "unexpected_keys").succeeded()
    database.execute("insert into marts.devices (device_id) values ('GHOST')")

    finished = project.dbt("test", "--select", "unexpected_keys")

    assert finished.returncode == 1, finished
    assert "Got 1 result, configured to fail if != 0" in finished.stdout
    assert violations_seen_by_dbt(database, "missing_keys") == 0


def test_monitoring_goes_on_after_a_full_refresh(project, database):
    """Its views follow the table that now has the name. Guard: to_regclass at run time in delivered_batches."""
    project.dbt("run", "--full-refresh", "--select", "devices").succeeded()
    database.execute("delete from marts.devices where device_id = 'D-1'")

    assert violations_seen_by_dbt(database, "missing_keys") == 1
    assert violations_seen_by_dbt(database, "rows_not_accounted_for") == 1


def test_dead_letters_say_why_in_words(database):
    """Guard: models/dead_letters."""
    assert database.rows(
        "select batch_no, line_number, location like '%/first.csv', explanation, status"
        " from marts_monitoring.dead_letters order by line_number"
    ) == [
        (1, 8, True, "device_id: A required value is missing or blank.", "open"),
        (1, 9, True, "reported_at: The value is no timestamp in ISO 8601.", "open"),
        (1, 10, True, "expected 6 fields, found 3: The line cannot be read as a row.", "open"),
    ]
