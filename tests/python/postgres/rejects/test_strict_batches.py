"""A source that is strict about whole batches: one with too many refused rows does not load, and its siblings do."""

import json

import pytest

from harness.dbt_project import message, succeeded

SOURCES = ("none_refused", "one_refused", "a_quarter_refused")


def rows(*numbers, **values):
    return [{"sku": f"A-{number}", "price": "1", "updated_at": "2026-05-01", **values} for number in numbers]


@pytest.fixture
def batches(land):
    """Land four batches of each source: a good one, one with one row of four refused, one with two, a good one."""
    return {
        source: [
            land(source, *rows(1, 2)),
            land(source, *rows(3, 4, 5), *rows(6, price="free")),
            land(source, *rows(7, 8), *rows(9, unit="box"), "{"),
            land(source, *rows(10)),
        ]
        for source in SOURCES
    }


def test_a_batch_with_too_many_refused_rows_is_set_aside_and_its_siblings_load(project, database, batches, capsys):
    """By number and by share, malformed lines too. Guards: set_aside_refused_batches, released_at."""
    outcome = succeeded(project.dbt_in_process("run", "--select", *SOURCES))
    said = " ".join(capsys.readouterr().out.split())

    assert {source: message(outcome, source) for source in SOURCES} == {
        "none_refused": "upsert: 3 new",
        "one_refused": "upsert: 6 new, 1 rejected",
        "a_quarter_refused": "upsert: 6 new, 1 rejected",
    }
    claimed = "select array_agg(batch_no order by batch_no) from onerow.claims where source = %s"
    withheld = "select batch_no, quarantine_reason from onerow.batches where source = %s and quarantined_at is not null"
    for source, limit in zip(SOURCES, ("0", "1", "25%"), strict=True):
        first, second, third, fourth = batches[source]
        refused = {second: 1, third: 2}
        reasons = {no: f"holds {n} refused rows or lines of 4; its source allows {limit}" for no, n in refused.items()}
        if source != "none_refused":
            del reasons[second]
        assert database.rows(f"{withheld} order by 1", source) == [
            (no, f"{source}: {why}") for no, why in reasons.items()
        ]
        assert database.value(claimed, source) == [no for no in (first, second, third, fourth) if no not in reasons]
        for batch_no, reason in reasons.items():
            assert f"batch {batch_no} of {source} {reason} and is quarantined. Look: onerow batches show" in said
    # What was refused is a letter all the same, so that it can be looked at.
    letters = "select batch_no, line_number from onerow.dead_letters where source = 'none_refused' order by 1"
    _, second, third, _ = batches["none_refused"]
    assert database.rows(letters) == [(second, 4), (third, 3), (third, 4)]

    # Nothing is tried again, until the batch is let go: then it loads, the refused row set aside.
    again = succeeded(project.dbt_in_process("run", "--quiet", "--select", "none_refused"))
    project_says = json.loads(project.onerow("batches release", str(third), "--format", "json").succeeded().stdout)
    released = succeeded(project.dbt_in_process("run", "--quiet", "--select", "none_refused"))

    assert message(again, "none_refused") == "upsert: nothing to load"
    assert project_says["changed"]
    assert message(released, "none_refused") == "upsert: 2 new, 1 rejected"
    project.onerow("reconcile", *SOURCES).succeeded()


def test_a_mart_of_a_strict_source_must_know_what_is_refused(project, database):
    """Guard: require_columns."""
    mart = (project.folder / "models/rules/none_refused.sql").read_text().replace(", _reject_reasons", "")
    blind = project.with_files({"models/rules/none_refused.sql": mart})

    outcome = blind.dbt_in_process("run", "--quiet", "--select", "none_refused")

    assert (
        "the model must select _reject_reasons, because none_refused refuses whole batches (strict: batch)"
        in message(outcome, "none_refused")
    )
