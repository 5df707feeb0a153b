"""A load that is planned first: has it done what the plan said, count by count, row by row, value by value?"""

from collections import Counter
from collections.abc import Callable

from harness.database import Database
from onerow.plan.report import MartPlan, Plan

# A key to the columns of its row, as text.
Snapshot = dict[tuple, dict[str, str | None]]

# Of the load alone: which batch wrote the row last, and the moment that it marked it as deleted.
_OF_THE_LOAD = ("_batch_no", "_deleted_at")


class PlannedLoad:
    """The next load of some marts. Make it before the batches land that it is to take."""

    def __init__(self, database: Database, keys: dict[str, tuple[str, ...]]):
        """`keys` has of each mart the columns of its key, which its landing table has too."""
        self._database = database
        self._keys = keys
        self._landed_before = database.value("select coalesce(max(batch_no), 0) from onerow.batches")

    def check(self, plan: Plan, load: Callable[[], None]) -> Counter:
        """Run the load and compare; return how often the plan has each outcome."""
        before = {mart: self._rows(mart) for mart in self._keys}
        load()
        outcomes = Counter()
        for mart in plan.marts:
            assert mart.batches, "nothing was planned"
            assert {
                batch.batch_no: (batch.outcomes, batch.withdrawn_count) for batch in mart.batches if not batch.set_aside
            } == self._recorded(mart.model), mart.model
            # Whichever mart comes first sets a batch aside, for all of them.
            assert {batch.batch_no for batch in mart.batches if batch.set_aside} <= self._set_aside()
            self._check_rows(mart, before[mart.model], self._rows(mart.model))
            outcomes.update(mart.outcomes)
        return outcomes

    def _check_rows(self, mart: MartPlan, before: Snapshot, after: Snapshot) -> None:
        aside = {batch.batch_no for batch in mart.batches if batch.set_aside}
        shown = [row for row in mart.rows.shown if row.batch_no not in aside]
        counted = Counter((row.batch_no, row.outcome) for row in shown)
        totals = {(batch.batch_no, name): count for batch in mart.batches for name, count in batch.outcomes.items()}
        assert counted == totals, (counted - Counter(totals), Counter(totals) - counted)
        delivered = self._delivered(mart)
        planned = {}
        for row in shown:
            key = delivered[row.batch_no, row.line_number]
            assert (row.changes is not None) == (row.outcome == "modified")
            assert (row.reasons is not None) == (row.outcome == "rejected")
            if row.outcome in ("new", "modified"):
                assert key not in planned, "two rows of a key would be written"
                changes = row.changes or {}
                known = {name: values for name, values in changes.items() if name not in _OF_THE_LOAD}
                planned[key] = known if row.outcome == "modified" else None
        written = {key: row for key, row in after.items() if before.get(key, {}).get("_batch_no") != row["_batch_no"]}
        assert planned == {
            key: _changes(before[key], row) if key in before else None for key, row in written.items()
        }, mart.model
        untouched = {key: row for key, row in after.items() if key not in written}
        assert not any(_changes(before[key], row) for key, row in untouched.items())

    def _rows(self, mart: str) -> Snapshot:
        if self._database.value("select to_regclass(%s)", f"marts.{mart}") is None:
            return {}
        columns = self._database.rows(
            "select attname from pg_attribute where attrelid = %s::regclass and attnum > 0 and not attisdropped",
            f"marts.{mart}",
        )
        pairs = ", ".join(f"'{name}', {name}::text" for (name,) in columns)
        rows = self._database.rows(f"select jsonb_build_object({pairs}) from marts.{mart}")
        return {tuple(row[name] for name in self._keys[mart]): row for (row,) in rows}

    def _delivered(self, mart: MartPlan) -> dict[tuple[int, int], tuple]:
        """The key of each delivered row."""
        names = self._keys[mart.model]
        typed = [f"({name}::timestamptz)::text" if name == "read_at" else name for name in names]
        rows = self._database.rows(f"select _batch_no, _line_number, {', '.join(typed)} from landing.{mart.source}")
        return {(batch_no, line): tuple(key) for batch_no, line, *key in rows}

    def _recorded(self, mart: str) -> dict[int, tuple[dict[str, int], int]]:
        """What the load has recorded of each batch: outcomes, and withdrawn rows."""
        rows = self._database.rows(
            """
            select c.batch_no, c.withdrawn_count, coalesce(jsonb_object_agg(o.outcome, o.row_count) filter
                (where o.outcome is not null), '{}')
            from onerow.claims as c left join onerow.load_outcomes as o using (model, batch_no, attempt)
            where c.model like %s and c.batch_no > %s
            group by c.batch_no, c.withdrawn_count
            """,
            f"%.marts.{mart}",
            self._landed_before,
        )
        return {batch_no: (outcomes, withdrawn) for batch_no, withdrawn, outcomes in rows}

    def _set_aside(self) -> set[int]:
        rows = self._database.rows(
            "select batch_no from onerow.batches where quarantined_at is not null and batch_no > %s",
            self._landed_before,
        )
        return {batch_no for (batch_no,) in rows}


def _changes(before: dict[str, str | None], after: dict[str, str | None]) -> dict[str, dict[str, str | None]]:
    return {
        name: {"before": before.get(name), "after": after[name]}
        for name in after
        if name not in _OF_THE_LOAD and before.get(name) != after[name]
    }
