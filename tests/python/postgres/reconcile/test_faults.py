"""The catalogue of faults: each is put into a real mart, and found by the levels that claim it, with its numbers."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from clean_devices import figures, without_unique_index
from device_faults import COLUMNS, FAULTS, SOURCE, WINDOW, Fault
from harness.database import Database
from onerow.reconcile.reconcile import record
from onerow.reconcile.report import Report


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
