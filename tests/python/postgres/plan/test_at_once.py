"""Plans beside loads: neither fails, neither waits for the other."""

from collections.abc import Callable
from pathlib import Path

import pytest

from harness.database import Database
from harness.dbt_project import DbtProject, succeeded
from harness.devices import LATER, Devices, state
from harness.gate import Gate
from onerow.ledger.setup import ensure_tables
from onerow.plan import plan as job_module
from onerow.plan.report import Plan
from onerow.project.project import Project

Job = Callable[[DbtProject], Project]
Planned = Callable[..., Plan]


@pytest.fixture
def devices(project: DbtProject, database: Database, job: Job, tmp_path: Path) -> Devices:
    """A loaded batch, and one that waits."""
    ensure_tables(job(project), database.connect(autocommit=True))
    devices = Devices(database, tmp_path / "delivered")
    devices.land(state("a"), state("b"))
    succeeded(project.dbt_in_process("run", "--quiet", "--select", "+devices"))
    devices.land(state("a", LATER), state("c"))
    return devices


def test_a_plan_beside_a_load_that_has_written(
    project: DbtProject, devices: Devices, gate: Gate, planned: Planned
) -> None:
    """The load holds the mart's lock, its claims and its rows; the plan sees the state before. Guard: begin_plan."""
    with gate.hold("onerow.load_outcomes", "share row exclusive"):
        load = project.start_dbt("run", "--select", "devices")
        gate.wait_until_waiting(1, [load])
        # A plan that waited for the load would wait for the gate, and fail here after its lock_timeout.
        plan = planned(project, "devices", file=devices.file(state("a", "2026-05-03"), state("d")))
        assert load.is_running
    load.wait().succeeded()
    assert [batch.outcomes for batch in plan.marts[0].batches] == [
        {"superseded": 1, "new": 1},
        {"modified": 1, "new": 1},
    ]
    assert planned(project, "devices").marts[0].batches == []
    devices.assert_all_loaded()


def test_a_load_beside_a_plan_that_has_classified(
    project: DbtProject,
    database: Database,
    devices: Devices,
    job: Job,
    planned: Planned,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The plan is held when it has its file; meanwhile a load and a landing go through. Guard: shadow_ledger."""
    done = []

    def load_meanwhile(self: object, connection: object) -> None:
        send(self, connection)
        # A process of its own: one that is forked would close this one's connection when it ends.
        project.dbt("run", "--select", "+devices").succeeded()
        done.append(devices.land(state("e")))

    send = job_module.UnlandedFile.send
    monkeypatch.setattr(job_module.UnlandedFile, "send", load_meanwhile)
    plan = planned(project, "devices", file=devices.file(state("d")))
    assert done == [3]
    # One snapshot: what was loaded and landed meanwhile is not in it.
    assert [(batch.batch_no, batch.outcomes) for batch in plan.marts[0].batches] == [
        (2, {"modified": 1, "new": 1}),
        (None, {"new": 1}),
    ]
    assert devices.claimed == [1, 2]
