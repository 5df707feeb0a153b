"""What a plan says is what the next load then does."""

from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from harness.database import Database
from harness.dbt_project import DbtProject, succeeded
from harness.devices import LATER, Devices, state
from onerow.ledger.setup import ensure_tables
from onerow.plan.report import OUTCOMES, Plan
from onerow.project.project import Project
from postgres.plan.planned_load import PlannedLoad
from postgres.same_result import arrangements as drawn
from postgres.same_result import test_any_order as any_order
from postgres.strategies import test_situations as situations
from postgres.strategies.situations import SITUATIONS
from postgres.strategies.things import source_files

CASES = 20

Job = Callable[[DbtProject], Project]
Planned = Callable[..., Plan]


def test_each_situation_of_each_strategy(project: DbtProject, database: Database, job: Job, planned: Planned) -> None:
    """A first build, then every situation of docs/reference/strategies.md. Guards: take_delivery, settle_plan.

    Before the first build there are no views: the plan takes them from the project's SQL. Guard: planning_manifest.
    """
    marts = {name: text for name, text in situations.MARTS.items() if name != "without_source"}
    files = {f"models/marts/{name}.sql": text for name, text in marts.items()}
    project = project.with_files({**source_files("things", "windowed_things"), **files})
    ensure_tables(job(project), database.connect(autocommit=True))
    database.execute("create table public.this_load (batch_no bigint)")
    database.execute("create table public.situation_batches (situation text, batch_no bigint)")
    keys = dict.fromkeys(marts, ("thing", "part"))

    def load() -> None:
        succeeded(project.dbt_in_process("run", "--quiet", "--select", "stg_things", "stg_windowed_things", *marts))

    first = PlannedLoad(database, keys)
    situations._land(database, ((each, [each.before]) for each in SITUATIONS if each.before), extracted=1)
    plan = planned(project, *marts)
    assert all(mart.is_rebuild for mart in plan.marts)
    first.check(plan, load)

    second = PlannedLoad(database, keys)
    situations._land(database, ((each, each.delivered) for each in SITUATIONS), extracted=2)
    outcomes = second.check(planned(project, *marts), load)
    assert min(outcomes.values()) > 0, outcomes


def test_drawn_cases_in_any_order(project: DbtProject, database: Database, job: Job, planned: Planned) -> None:
    """Late batches, ties and overlapping windows, in three loads. Guards: take_delivery, merged_values."""
    project = project.with_files({f"models/marts/{name}.sql": text for name, text in any_order.MARTS.items()})
    ensure_tables(job(project), database.connect(autocommit=True))
    keys = {
        **dict.fromkeys(("order_lines", "lines_merged", "lines_by_extraction"), ("order_id", "position")),
        "device_readings": ("device_id", "metric", "value", "read_at"),
        "readings_by_time": ("device_id", "metric", "read_at"),
    }

    def load() -> None:
        views = ("stg_order_lines", "stg_device_readings")
        # One thread: what one mart of readings sets aside, the other is to meet as set aside.
        succeeded(project.dbt_in_process("run", "--quiet", "--threads", "1", "--select", *views, *keys))

    outcomes = Counter()
    for number in range(any_order.LOADS):
        planned_load = PlannedLoad(database, keys)
        with database.connect() as connection:
            for case, (lines, readings, line_arrangements, reading_arrangements) in enumerate(cases()):
                for batch in line_arrangements[0].loads[number]:
                    drawn.land(connection, "order_lines", case, lines[batch])
                for batch in reading_arrangements[0].loads[number]:
                    drawn.land(connection, "device_readings", case, readings[batch])
        outcomes.update(planned_load.check(planned(project, *keys), load))
    assert min(outcomes[name] for name in OUTCOMES if name not in ("rejected", "filtered")) > 0, outcomes


def test_a_column_that_the_load_would_add(
    project: DbtProject,
    database: Database,
    job: Job,
    planned: Planned,
    everything: Callable[[], dict[str, object]],
    tmp_path: Path,
) -> None:
    """The plan compares with the table as it will be, and does not touch it. Guard: planned_mart."""
    model = "models/marts/devices.sql"
    narrow = project.with_files({model: (project.folder / model).read_text().replace("    site,\n", "")})
    ensure_tables(job(project), database.connect(autocommit=True))
    devices = Devices(database, tmp_path / "delivered")
    devices.land(state("a"), state("b"))
    succeeded(narrow.dbt_in_process("run", "--quiet", "--select", "+devices"))

    load = PlannedLoad(database, {"devices": ("device_id",)})
    devices.land(state("a", LATER, site="S"), state("b"), state("c", site="S"))
    before = everything()
    plan = planned(project, "devices")
    assert everything() == before
    outcomes = load.check(plan, lambda: succeeded(project.dbt_in_process("run", "--quiet", "--select", "+devices")))
    assert +outcomes == {"modified": 1, "unchanged": 1, "new": 1}


@cache
def cases() -> list[any_order.Case]:
    """Draw cases. The first list that is drawn is the simplest there is, so the second one counts."""
    examples = []

    @settings(
        max_examples=2,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.lists(any_order.cases(), min_size=CASES, max_size=CASES))
    def draw(example: list[any_order.Case]) -> None:
        examples.append(example)

    draw()
    return examples[-1]
