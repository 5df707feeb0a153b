"""The harness's project: real dbt on the test's database, with nothing written into the repository."""

import pytest

from harness.dbt_project import REPOSITORY

MODEL = "{{ config(materialized='table') }} select 1 as n"


def test_a_changed_project_is_run_in_a_copy(project, database):
    """Guard: the copy; the repository has no such model before or after."""
    changed = project.with_files({"models/marts/ones.sql": MODEL})
    changed.dbt("run", "--select", "ones").succeeded()
    assert database.rows("select n from marts.ones") == [(1,)]
    assert not (REPOSITORY / "models/marts/ones.sql").exists()
    assert (changed.target_path / "partial_parse.msgpack").exists()


def test_dbt_in_this_process_follows_the_database_of_the_test(project, database):
    """Guard: the profile of the test, and not that of an earlier test in this process."""
    changed = project.with_files({"models/marts/ones.sql": MODEL})
    outcome = changed.dbt_in_process("run", "--select", "ones", "--quiet")
    assert outcome.success, outcome.exception
    assert database.rows("select n from marts.ones") == [(1,)]


LIST = ("--debug", "ls", "--resource-type", "model")
PARSES = "artial pars"


def test_a_program_inherits_what_was_parsed_once(project):
    """Guard: the name of the database, which stays the same; ParsedBefore."""
    assert PARSES not in project.dbt(*LIST).succeeded().stdout


@pytest.mark.parametrize(
    "differs",
    [
        lambda project: (project.with_files({"models/marts/ones.sql": MODEL}), LIST),
        lambda project: (project.with_profile(schema="others"), LIST),
        lambda project: (project, (*LIST, "--vars", "onerow_lock_timeout: 1s")),
        lambda project: (project, ("--warn-error", *LIST)),
    ],
    ids=["a file", "the schema", "a variable", "what is an error"],
)
def test_what_differs_is_parsed(project, differs):
    """Guard: each condition of ParsedBefore."""
    other, arguments = differs(project)
    assert PARSES in other.dbt(*arguments).succeeded().stdout


def test_a_job_sees_nothing_that_a_run_has_compiled(project, database, monkeypatch):
    """Guard: what is fresh beside what a run has left."""
    changed = project.with_files({"models/marts/ones.sql": MODEL})
    read = [changed.job(monkeypatch).dbt("parse")]
    for _ in range(2):
        assert changed.dbt_in_process("run", "--select", "ones", "--quiet").success
        read.append(changed.job(monkeypatch).dbt("parse"))
    assert [each.nodes["model.onerow.ones"].compiled_code for each in read] == [None] * 3
    assert read[1] is read[0], "it was parsed again"


def test_a_started_dbt_can_be_killed(project):
    """Guard: SIGKILL."""
    running = project.start_dbt("parse", "--no-partial-parse")
    assert running.is_running
    assert running.kill().returncode == -9


def test_a_profile_can_be_changed_for_one_test(project):
    """Guard: the settings that with_profile adds."""
    finished = project.with_profile(threads=1).dbt("--debug", "ls", "--resource-type", "model")
    assert finished.returncode == 0, finished


def test_onerow_runs_on_the_project_of_the_test(project):
    """Guard: --project-dir and --profiles-dir."""
    finished = project.onerow("land", "no_such_source", REPOSITORY / "README.md")
    assert finished.returncode == 2, finished
    assert "no_such_source" in finished.stderr
