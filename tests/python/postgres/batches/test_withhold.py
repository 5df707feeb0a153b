"""A quarantined batch stays out of the marts until it is released, by the commands as they are typed."""

import json

from harness.devices import LATER, state
from onerow.batches.withhold import quarantine_batch, release_batch

READINGS = "device_id,metric,value,read_at\n"
DAY = ("--window", "2026-05-01", "2026-05-02")


def run(project, *arguments):
    assert project.dbt_in_process("run", "--quiet", *arguments).success


def test_quarantined_batch_stays_out_while_its_sibling_loads_and_comes_in_after_release(project, devices):
    """Guard: quarantined_at in claim_batches; release_batch takes it back."""
    withheld, sibling = devices.land(state("a")), devices.land(state("b"))

    said = project.onerow("batches quarantine", str(withheld), "--reason", "wrong zone").succeeded().stdout
    run(project, "--select", "+devices")

    assert said.splitlines() == [
        "Batch 1 of devices is quarantined: no further mart loads it. To let it go: onerow batches release 1",
        "No mart has consumed it.",
    ]
    assert devices.claimed == [sibling]
    assert [row[0] for row in devices.rows] == ["b"]

    said = project.onerow("batches release", str(withheld)).succeeded().stdout
    run(project, "--select", "+devices")

    assert said.splitlines() == [
        "Batch 1 of devices is released.",
        "The next load of devices takes it: dbt run --select +devices",
    ]
    devices.assert_all_loaded()


def test_marts_that_have_consumed_it_are_named_with_the_command_that_builds_them_without_it(project, devices):
    """Guard: consumed_by and replay_command; the command does what it says, and reconcile agrees."""
    devices.land(state("a"), state("b"))
    devices.land(state("b", LATER), state("c"))
    run(project)

    said = project.onerow("batches quarantine", "2").succeeded().stdout.splitlines()

    assert said[1:] == [
        "Already consumed by devices. To build anew without it: dbt run --full-refresh --select devices"
    ]
    assert project.onerow("reconcile", "devices").returncode == 3

    run(project, *said[1].rpartition("dbt run ")[2].split())

    assert [row[0] for row in devices.rows] == ["a", "b"]
    devices.assert_all_loaded()
    project.onerow("reconcile", "devices").succeeded()


def test_window_batch_that_a_load_quarantined_is_explained_and_loads_after_release(project, job, database, tmp_path):
    """Guard: quarantine_reason in set_aside_bad_windows; released_at, which lets the window through as it is."""
    for name, rows in (
        ("first.csv", "d1,temp,1,2026-05-01T01:00:00Z\nd2,temp,1,2026-05-01T01:00:00Z\n"),
        ("second.csv", "d1,temp,1,2026-05-01T01:00:00Z\nd2,temp,warm,2026-05-01T01:00:00Z\n"),
    ):
        (tmp_path / name).write_text(READINGS + rows)
        project.onerow("land", "device_readings", tmp_path / name, *DAY).succeeded()
        run(project, "--select", "+device_readings")

    shown = project.onerow("batches show", "2", "--format", "json").succeeded().stdout
    table = project.onerow("batches show", "2", env={"COLUMNS": "120"}).succeeded().stdout

    account = json.loads(shown)
    reason = "device_readings: declares a window but 1 of its rows or lines are refused, so it withdraws nothing"
    assert (account["state"], account["quarantine_reason"]) == ("quarantined", reason)
    assert (account["consumed_by"], account["missing_in"]) == ([], ["device_readings"])
    assert account["refusals"] == [{"reason": "invalid_numeric:value", "line_count": 1, "first_lines": [3]}]
    [letter] = account["dead_letters"]
    assert (letter["line_number"], letter["status"], json.loads(letter["raw"])["value"]) == (3, "open", "warm")
    lines = [" ".join(line.split()) for line in table.splitlines()]
    assert lines[0] == "batch 2 of device_readings quarantined"
    assert f"why withheld {reason}" in lines
    assert "device_readings withheld" in lines
    assert "invalid_numeric:value 1 3" in lines
    assert database.value("select count(*) from marts.device_readings") == 2

    project.onerow("batches release", "2").succeeded()
    run(project, "--select", "+device_readings")

    [(device,)] = database.rows("select device_id from marts.device_readings")
    assert device == "d1"
    account = json.loads(project.onerow("batches show", "2", "--format", "json").succeeded().stdout)
    [consumption] = account["consumptions"]
    assert (account["state"], account["quarantined_at"]) == ("consumed", None)
    assert (consumption["outcomes"], consumption["withdrawn_count"]) == ({"unchanged": 1, "rejected": 1}, 1)


def test_what_is_so_already_is_a_success_that_says_so(project, devices):
    """Guard: `changed`; nothing is written, and the first reason stays."""
    devices.land(state("a"))

    said = [
        project.onerow(f"batches {command}", "1", *reason).succeeded().stdout.splitlines()[0]
        for command, reason in (
            ("release", ()),
            ("quarantine", ("--reason", "wrong zone")),
            ("quarantine", ("--reason", "wrong day")),
        )
    ]

    assert said[0] == "Batch 1 of devices is not quarantined; nothing to release."
    assert said[2].startswith("Batch 1 of devices has been quarantined since ")
    assert said[2].endswith(": wrong zone. It keeps that reason")


def test_unknown_batch_exits_2(project, devices):
    """Guard: UnknownBatch, in each of the three."""
    for command in ("show", "quarantine", "release"):
        finished = project.onerow(f"batches {command}", "7")
        assert (finished.returncode, finished.stdout) == (2, "")
        assert finished.stderr == "onerow: there is no batch 7. The batches that have landed: onerow batches list\n"


def test_batch_that_is_quarantined_again_is_released_no_longer(job, connection, devices, database):
    """Guard: released_at is taken back, so that a bad window is set aside again."""
    devices.land(state("a"))
    columns = "select quarantined_at is not null, released_at is not null, quarantine_reason from onerow.batches"
    seen = []
    for change in (
        lambda: quarantine_batch(job, connection, 1, "first"),
        lambda: release_batch(job, connection, 1),
        lambda: quarantine_batch(job, connection, 1),
    ):
        assert change().changed
        seen += database.rows(columns)

    assert seen == [(True, False, "first"), (False, True, "first"), (True, False, None)]
