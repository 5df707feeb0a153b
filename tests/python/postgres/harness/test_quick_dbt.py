"""The shorter ways of dbt are taken, and what somebody looks at is there."""

import pytest
from dbt_common.events import event_manager

from harness.dbt_project import LOGGED, succeeded


@pytest.fixture
def fired(monkeypatch):
    """The names of the events that dbt makes."""
    names = []
    make = event_manager.msg_from_base_event

    def make_and_tell(event, **options):
        made = make(event, **options)
        names.append(made.info.name)
        return made

    monkeypatch.setattr(event_manager, "msg_from_base_event", make_and_tell)
    return names


def test_what_nobody_hears_is_not_fired(project, fired):
    """Guard: _fire_if_heard, under which dbt's own listener is nobody; a third of a small run."""
    succeeded(project.dbt_in_process("run-operation", "--quiet", "setup_ledger"))
    assert fired == []


def test_what_is_logged_is_fired(project, fired):
    """Guard: the levels of the loggers."""
    succeeded(project.dbt_in_process("run-operation", "--quiet", "setup_ledger", *LOGGED))
    assert {"SQLQuery", "SQLQueryStatus"} <= set(fired)
    assert "create table" in project.sent
