"""Commands whose server goes away in the middle of their work."""

import pytest

from harness.dbt_project import succeeded

_SESSION = "select pg_terminate_backend(pid) from pg_stat_activity where wait_event_type = 'Lock'"


@pytest.mark.parametrize("command", ["batches list", "dead-letters list"])
def test_a_command_that_is_cut_short_says_so_and_how_to_go_on(project, database, gate, command):
    """Its session is ended while it waits for a table. Guard: the except of pass_project."""
    succeeded(project.dbt_in_process("run-operation", "setup_ledger", "--quiet"))
    table = "onerow.batches" if command == "batches list" else "onerow.dead_letters"
    with gate.hold(table):
        run = project.start_onerow(command)
        gate.wait_until_waiting(1, [run])
        database.rows(_SESSION)
        ended = run.wait()
    assert ended.returncode == 1
    assert ended.stderr.startswith("onerow: cut short by the server: ")
    assert "terminating connection due to administrator command" in ended.stderr
    assert "Run it again" in ended.stderr
    assert "Traceback" not in ended.stderr
