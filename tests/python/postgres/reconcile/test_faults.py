"""The catalogue of faults: each is put into a real mart, and found by the levels that claim it, with its numbers."""

import json
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import psycopg
import pytest

from clean_devices import figures, without_unique_index
from device_faults import COLUMNS, FAULTS, SOURCE, WINDOW, Fault
from harness.database import Database
from onerow.reconcile.reconcile import record
from onerow.reconcile.report import Report

MART = "marts.devices"


@pytest.fixture
def damaged(
    reconciled: Callable[..., Report], configured: Callable[..., None], connection: Any, database: Database
) -> Callable[[Fault], dict[str, dict[Any, Any]]]:
    """Put a fault into the clean state, and return what each level then finds."""

    def damage(fault: Fault) -> dict[str, dict[Any, Any]]:
        database.execute("create schema shop")
        database.execute("create table shop.devices as table marts.devices")
        configured(**fault.options)
        if fault.was_equal:
            record(connection, "onerow", reconciled())
        if fault.drops_index:
            without_unique_index(database)
        for statement in fault.statements:
            database.execute(statement)
        [mart] = reconciled().marts
        found: dict[str, dict[Any, Any]] = {level.level: figures(level) for level in mart.levels}
        found["windows of counts"] = {
            (figure.window_start.date().isoformat(), figure.name): (figure.source, figure.destination)
            for level in mart.levels
            for figure in level.figures
            if level.level == "counts" and figure.window_start and figure.status == "difference"
        }
        return found

    return damage


@pytest.mark.parametrize("fault", FAULTS, ids=[fault.name for fault in FAULTS])
def test_fault_is_found_by_the_levels_that_claim_it(damaged, fault):
    """Guard: the rule of each level."""
    found = damaged(fault)

    for level, expected in fault.found.items():
        shown = {name: pair for name, pair in found[level].items() if name in expected or level != "windows of counts"}
        assert shown == expected, json.dumps({name: str(each) for name, each in found.items()}, indent=1)
    # A fault that a level does not claim makes it no alarm, unless it follows from what it claims.
    if set(fault.found) == {"rows"}:
        assert {level for level, differing in found.items() if differing} == {"rows"}


def test_the_catalogue_is_large_enough_and_its_clean_state_is_clean(reconciled, configured, database, capsys):
    """No false alarm on any level, with each option that the faults use. Guard: all levels."""
    database.execute("create schema shop")
    database.execute("create table shop.devices as table marts.devices")
    for options in (
        {},
        {"window": WINDOW, "compare": COLUMNS},
        {"window": WINDOW, "source": SOURCE, "compare": COLUMNS},
    ):
        configured(**options)
        assert reconciled().status == "ok"
    with capsys.disabled():
        print(f"{len(FAULTS)} faults are found, and none where there is none")
    assert len({fault.name for fault in FAULTS}) >= 25


def test_a_load_that_commits_meanwhile_is_not_seen(reconciled, landed_third, connection, project, gate):
    """The load is held before its commit, and let go after the first query. Guard: one snapshot."""
    before = reconciled().marts
    with ExitStack() as held:
        held.enter_context(gate.hold("onerow.load_outcomes", "share row exclusive"))
        load = project.start_dbt("run", "--select", "devices")
        gate.wait_until_waiting(1, [load], of=MART)

        class LetsGo(psycopg.Cursor):
            def execute(self, query, *args, **options):
                done = super().execute(query, *args, **options)
                if "clock_timestamp" in str(query):
                    held.close()
                    load.wait().succeeded()
                return done

        connection.cursor_factory = LetsGo
        assert reconciled().marts == before
    assert before[0].waiting_batches == [3]
    assert reconciled().marts[0].waiting_batches == []


def test_a_table_that_is_swapped_in_beside_it_is_no_false_alarm(project, gate):
    """A reader holds a full refresh before its swap, and it holds the reconciliation. Guard: locks, then a snapshot."""
    with gate.hold(MART, "access share"):
        refresh = project.start_dbt("run", "--full-refresh", "--select", "devices")
        gate.wait_until_waiting(1, [refresh], of=MART)
        reconciliation = project.start_onerow("reconcile", "devices")
        gate.wait_until_waiting(2, [refresh, reconciliation])
    refresh.wait().succeeded()
    assert "all equal" in reconciliation.wait().succeeded().stdout
