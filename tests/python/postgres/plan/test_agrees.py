"""What a plan says is what the next load then does: count by count, row by row, value by value."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from harness.database import Database, fresh_database
from harness.dbt_project import DbtProject
from onerow.plan.report import Plan
from onerow.server.lifecycle import Server
from postgres.same_result import arrangements as drawn
from postgres.same_result import test_any_order as any_order
from postgres.strategies import test_situations as situations
from postgres.strategies.conftest import Ready
from postgres.strategies.situations import SITUATIONS

Planned = Callable[..., Plan]
Snapshot = dict[tuple, dict[str, str | None]]


class Load:
    """One load that is planned first, and what it must then have done."""

    def __init__(self, database: Database, keys: dict[str, tuple[str, ...]]):
        """`keys` has of each mart the columns of its key, which its landing table has too."""
        self._database = database
        self._keys = keys

    def check(self, plan: Plan, load: Callable[[], Any]) -> Counter:
        """Run the load and compare; return how often each outcome was planned."""
        before = {mart: self._snapshot(mart) for mart in self._keys}
        withheld = self._withheld()
        load()
        seen = Counter()
        for mart in plan.marts:
            after = self._snapshot(mart.model)
            loaded = [batch for batch in mart.batches if not batch.set_aside]
            assert {
                batch.batch_no: ({name: count for name, count in batch.outcomes.items() if count}, batch.withdrawn_count)
                for batch in loaded
            } == self._loaded(mart.model), mart.model
            aside = {batch.batch_no: batch.set_aside for batch in mart.batches if batch.set_aside}
            if "readings" in mart.model or mart.model == "replace_window":
                # Whichever mart comes first sets a batch aside for all, so the reason is that of one of them.
                assert aside.keys() <= self._withheld().keys() - withheld.keys()
            self._check_rows(mart, before[mart.model], after)
            seen.update(mart.outcomes)
        return seen

    def _check_rows(self, mart: Any, before: Snapshot, after: Snapshot) -> None:
        assert len(mart.rows.shown) == mart.rows.matching
        aside = {batch.batch_no for batch in mart.batches if batch.set_aside}
        shown = [row for row in mart.rows.shown if row.batch_no not in aside]
        assert Counter((row.batch_no, row.outcome) for row in shown) == Counter(
            {
                (batch.batch_no, name): count
                for batch in mart.batches
                for name, count in batch.outcomes.items()
            }
        )
        keys = self._delivered_keys(mart)
        for row in shown:
            key = keys[row.batch_no, row.line_number]
            assert (row.changes is not None) == (row.outcome == "modified")
            assert (row.reasons is not None) == (row.outcome == "rejected")
            if row.outcome == "new":
                assert key not in before, row
                assert key in after, row
            elif row.outcome in ("unchanged", "stale") and key in before and key in after:
                assert key not in before or row.outcome == "stale" or before[key] == after[key], row
            elif row.outcome == "modified":
                assert row.changes == {
                    name: {"before": before[key][name], "after": after[key][name]}
                    for name in before[key]
                    if name not in ("_batch_no", "_deleted_at") and before[key][name] != after[key][name]
                }
        written = {key for key in after if key not in before or after[key] != before[key]}
        assert written <= {keys[row.batch_no, row.line_number] for row in shown if row.outcome in ("new", "modified")}

    def _snapshot(self, mart: str) -> Snapshot:
        if self._database.value("select to_regclass(%s)", f"marts.{mart}") is None:
            return {}
        rows = self._database.rows(
            "select (select jsonb_object_agg(c.key, c.value) from jsonb_each_text(to_jsonb(t)) as c)"
            f" from marts.{mart} as t"
        )
        return {tuple(row[name] for name in self._keys[mart]): row for (row,) in rows}

    def _delivered_keys(self, mart: Any) -> dict[tuple[int, int], tuple]:
        names = self._keys[mart.model]
        # As staging types them: a moment is written in one way.
        typed = [f"to_jsonb({name}::timestamptz) #>> '{{}}'" if name == "read_at" else f"{name}::text" for name in names]
        rows = self._database.rows(f"select _batch_no, _line_number, {', '.join(typed)} from landing.{mart.source}")
        return {(batch_no, line): tuple(key) for batch_no, line, *key in rows}

    def _loaded(self, mart: str) -> dict[int, tuple[dict[str, int], int]]:
        """What the last load of the mart has recorded."""
        return {
            batch_no: (outcomes or {}, withdrawn)
            for batch_no, withdrawn, outcomes in self._database.rows(
                """
                select c.batch_no, c.withdrawn_count, (
                    select jsonb_object_agg(o.outcome, o.row_count) from onerow.load_outcomes as o
                    where (o.model, o.batch_no, o.attempt) = (c.model, c.batch_no, c.attempt)
                )
                from onerow.claims as c
                where c.model like %s and c.batch_no > coalesce(
                    (select l.batch_no from public.loaded_before as l where l.model = c.model), 0
                )
                """,
                f"%.marts.{mart}",
            )
        }

    def _withheld(self) -> dict[int, str]:
        return dict(
            self._database.rows("select batch_no, quarantine_reason from onerow.batches where quarantined_at is not null")
        )

    def note(self) -> None:
        """Remember what has been loaded so far."""
        self._database.execute("drop table if exists public.loaded_before")
        self._database.execute(
            "create table public.loaded_before as select model, max(batch_no) as batch_no from onerow.claims group by model"
        )


def test_each_situation_of_each_strategy(
    server: Server, database_name: str, ready: Ready, tmp_path: Any, planned: Planned
) -> None:
    """Two loads: a first build, and every situation of docs/reference/strategies.md. Guard: one classification."""
    marts = {name: text for name, text in situations.MARTS.items() if name != "without_source"}
    with fresh_database(server.login, database_name, ready.template) as database:
        project = DbtProject(
            ready.project.folder, database.login, tmp_path / "project", ready.project.target_path
        ).with_files({f"models/marts/{name}.sql": text for name, text in marts.items()})
        database.execute("create table public.this_load (batch_no bigint)")
        database.execute("create table public.situation_batches (situation text, batch_no bigint)")
        load = Load(database, dict.fromkeys(marts, ("thing", "part")))

        def run() -> None:
            outcome = project.dbt_in_process("run", "--quiet", "--select", *marts)
            assert outcome.success, outcome.exception or [node.message for node in outcome.result]

        load.note()
        situations._land(database, ((each, [each.before]) for each in SITUATIONS if each.before), extracted=1)
        plan = planned(project, *marts)
        assert all(mart.is_rebuild for mart in plan.marts)
        load.check(plan, run)

        load.note()
        situations._land(database, ((each, each.delivered) for each in SITUATIONS), extracted=2)
        seen = load.check(planned(project, *marts), run)
        assert min(seen.values()) > 0, seen


def test_drawn_cases_in_any_order(project: DbtProject, database: Database, planned: Planned) -> None:
    """Late batches, ties, overlapping windows, in three loads. Guard: bring_in_newer is part of the plan."""
    files = {f"models/marts/{name}.sql": text for name, text in any_order.MARTS.items()}
    project = project.with_files(files)
    assert project.dbt_in_process("run", "--quiet", "--select", "stg_order_lines", "stg_device_readings").success
    lines, readings = ("order_id", "position"), ("device_id", "metric", "value", "read_at")
    load = Load(
        database,
        {
            **dict.fromkeys(("order_lines", "lines_merged", "lines_by_extraction"), lines),
            "device_readings": readings,
            "readings_by_time": ("device_id", "metric", "read_at"),
        },
    )

    @settings(max_examples=1, deadline=None, database=None, derandomize=True, phases=[Phase.generate],
              suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(st.lists(any_order.cases(), min_size=any_order.CASES, max_size=any_order.CASES))
    def compare(example: list[any_order.Case]) -> None:
        for number in range(any_order.LOADS):
            load.note()
            with database.connect() as connection:
                for case, (case_lines, case_readings, line_arrangements, reading_arrangements) in enumerate(example):
                    for batch in line_arrangements[0].loads[number]:
                        drawn.land(connection, "order_lines", case, case_lines[batch])
                    for batch in reading_arrangements[0].loads[number]:
                        drawn.land(connection, "device_readings", case, case_readings[batch])

            def run() -> None:
                # One at a time: what one mart of readings sets aside, the other does not see any more.
                outcome = project.dbt_in_process("run", "--quiet", "--threads", "1", "--select", *any_order.SELECTED)
                assert outcome.success, outcome.exception or [node.message for node in outcome.result]

            load.check(planned(project, *any_order.SELECTED), run)

    compare()
