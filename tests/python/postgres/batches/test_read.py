"""What `onerow batches list` and `show` say of the ledger."""

import json
import shlex

import pytest
from click.testing import CliRunner

from harness.devices import state
from onerow.batches.read import list_batches, show_batch
from onerow.cli import onerow
from onerow.commands.batches import batches


@pytest.fixture
def loaded(devices, project):
    """Two batches that the mart has consumed; its dead letters too."""
    devices.land(state("a"), state(None), state("b", "yesterday"), state("c", colour="red"))
    devices.land(state("a", firmware="2"))
    assert project.dbt_in_process("run", "--quiet", "--select", "+devices").success


def test_list_shows_the_newest_first_and_how_far_the_marts_are(project, loaded, devices):
    """Guard: the order, the limit, and state_of."""
    devices.land(state("d"))
    project.onerow("batches quarantine", "2").succeeded()

    whole = json.loads(project.onerow("batches list", "devices", "--format", "json").succeeded().stdout)
    newest = project.onerow("batches list", "--limit", "2", env={"COLUMNS": "120"}).succeeded().stdout

    assert [(each["batch_no"], each["state"], each["consumed_by"], each["missing_in"]) for each in whole] == [
        (3, "waiting", [], ["devices"]),
        (2, "quarantined", ["devices"], []),
        (1, "consumed", ["devices"], []),
    ]
    lines = [line.rstrip() for line in newest.splitlines()]
    assert lines[1].split()[0] == "3"
    assert lines[1].endswith("waiting for 1 mart")
    assert lines[3].split()[0] == "2"
    assert lines[3].endswith("quarantined, consumed by 1 of 1 mart")
    assert lines[-1] == "The newest 2 of 3; all of them: --limit 3"


def test_unknown_source_exits_2(project):
    """Guard: UnknownSource."""
    finished = project.onerow("batches list", "nowhere")

    assert finished.returncode == 2
    assert "there is no source 'nowhere' with a contract" in finished.stderr


def test_empty_ledger_is_made_and_is_no_error(project, database):
    """Guard: ensure_tables."""
    assert project.onerow("batches list").succeeded().stdout.startswith("No batch has landed.")
    assert database.value("select count(*) from onerow.batches") == 0


def test_show_has_all_that_the_ledger_has(job, connection, loaded):
    """Guard: the queries of show_batch."""
    account = show_batch(job, connection, 1)

    [consumption] = account.standing.consumptions
    assert consumption.outcomes == {"new": 1, "superseded": 1, "rejected": 2}
    assert (consumption.row_count, consumption.withdrawn_count, consumption.attempt) == (4, 0, 1)
    assert [vars(each) for each in account.refusals] == [
        {"reason": "invalid_timestamptz:reported_at", "line_count": 1, "first_lines": [3]},
        {"reason": "missing:device_id", "line_count": 1, "first_lines": [2]},
    ]
    assert [letter.line_number for letter in account.dead_letters] == [2, 3]
    assert [vars(each) for each in account.schema_changes] == [
        {"column_name": "colour", "change": "added", "action": "kept in _unexpected"},
        {"column_name": "model", "change": "missing", "action": "landed as NULL"},
        {"column_name": "site", "change": "missing", "action": "landed as NULL"},
    ]


def test_claims_of_an_earlier_table_do_not_count(job, connection, loaded, database):
    """Guard: valid_claims."""
    database.execute("create table marts.by_hand (like marts.devices)")
    database.execute("alter table marts.devices rename to gone")
    database.execute("alter table marts.by_hand rename to devices")

    page = list_batches(job, connection, None, 10)

    assert [standing.state for standing in page.standings] == ["waiting", "waiting"]
    assert [standing.consumptions for standing in page.standings] == [(), ()]


def test_tables_of_other_targets_are_named_apart(job, connection, loaded, database):
    """A developer's mart in the same database. Guard: consumed_elsewhere."""
    database.execute("create schema dev")
    database.execute("create table dev.devices ()")
    database.execute(
        "insert into onerow.claims (model, batch_no, relation_oid, source, row_count, invocation_id, xid)"
        " values (current_database() || '.dev.devices', 2, 'dev.devices'::regclass, 'devices', 1, 'i', '1')"
    )

    [newest, _] = list_batches(job, connection, "devices", 10).standings

    assert [mart.name for mart in newest.consumed_by] == ["devices"]
    assert [each.relation for each in newest.consumed_elsewhere] == [f"{database.name}.dev.devices"]


def test_reading_writes_nothing_and_sees_one_moment(job, connection, loaded, database):
    """Guard: the snapshot of list_batches, read only."""
    list_batches(job, connection, None, 10)

    with connection.transaction():
        assert connection.execute("show transaction_isolation").fetchone() == ("repeatable read",)
        assert connection.execute("show transaction_read_only").fetchone() == ("on",)


def test_examples_of_the_help_run(job, loaded):
    """Guard: the epilog of each command names arguments and options that exist."""
    options = ["--project-dir", str(job.project_dir), "--profiles-dir", str(job.profiles_dir)]
    examples = [batches.commands[name].epilog for name in ("list", "show", "quarantine", "release")]
    assert len(batches.commands) == len(examples)
    for example in examples:
        program, *arguments = shlex.split(example.removeprefix("Example: "))
        result = CliRunner().invoke(onerow, [*arguments, *options], catch_exceptions=False)
        assert (program, result.exit_code) == ("onerow", 0), result.output
