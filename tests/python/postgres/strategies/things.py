"""A source made for tests, `things`, whose rows are landed by a plain INSERT, and marts of it of any configuration."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from harness.database import Database
from harness.dbt_project import DbtProject, message

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
COLUMNS = ("thing", "part", "version", "value", "note", "at")

Row = tuple[str | None, ...]
Window = tuple[float, float]

_SOURCES = """
sources:
  - name: test_landing
    schema: landing
    tables:
{tables}
"""
_SOURCE = """
      - name: {name}
        config: {{meta: {{onerow: {{natural_key: [thing]}}}}}}
        columns:
          - {{name: thing, data_type: text}}
          - {{name: part, data_type: text}}
          - {{name: version, data_type: integer}}
          - {{name: value, data_type: text}}
          - {{name: note, data_type: text}}
          - {{name: at, data_type: timestamptz}}
"""
_STAGING = """
select
    delivered.thing,
    delivered.part,
    {{{{ onerow.try_cast('delivered.version', 'integer') }}}} as version,
    delivered.value,
    delivered.note,
    {{{{ onerow.try_cast('delivered.at', 'timestamptz') }}}} as at,
    delivered._batch_no,
    delivered._line_number,
    {{{{ onerow.reject_reasons('{name}') }}}} as _reject_reasons
from {{{{ source('test_landing', '{name}') }}}} as delivered
"""
_MART = """
{{{{ config(materialized='incremental', incremental_strategy={strategy!r}, {settings}meta={{'onerow': {options}}}) }}}}
{select}
"""
_SELECT = """
select {columns}, _batch_no, _line_number, _reject_reasons
from {{{{ ref('stg_{source}') }}}}
where {{{{ onerow.claimed() }}}}
"""


def hour(number: float) -> datetime:
    """Return the moment that stands for a small number."""
    return EPOCH + timedelta(hours=number)


def row(
    thing: str | None, version: object = 1, value: str | None = "a", note: str | None = None, *,
    part: str | None = None, at: float | datetime | None = None,
) -> Row:  # fmt: skip
    """Return a delivered row."""
    moment = hour(at) if isinstance(at, int | float) else at
    texts = (None if each is None else str(each) for each in (version, value, note))
    return (thing, part, *texts, moment and moment.isoformat())


def source_files(*sources: str) -> dict[str, str]:
    """Return the files of sources of things, each with its staging view."""
    tables = "".join(_SOURCE.format(name=name) for name in sources)
    views = {f"models/staging/stg_{name}.sql": _STAGING.format(name=name) for name in sources}
    return {"models/staging/_things.yml": _SOURCES.format(tables=tables), **views}


def mart(
    strategy: str, *, key: str | list[str] = "thing", columns: Iterable[str] = COLUMNS, select: str | None = None,
    settings: Mapping[str, Any] = {}, source: str | None = "things", **options: object,
) -> str:  # fmt: skip
    """Return the SQL of a mart. `settings` go into config() as they are, `options` into meta.onerow."""
    settings = {"unique_key": key, **settings}
    return _MART.format(
        strategy=strategy,
        settings="".join(f"{name}={value!r}, " for name, value in settings.items()),
        options={**({"source": source} if source else {}), **options},
        select=select or _SELECT.format(columns=", ".join(columns), source=source),
    )


def land(
    database: Database, *rows: Row, source: str = "things", extracted: float = 0, window: Window | None = None,
    malformed: int = 0,
) -> int:  # fmt: skip
    """Land rows as one batch, as `onerow land` leaves them; return its number. Times are hours."""
    start, end = (hour(edge) for edge in window) if window else (None, None)
    with database.connect() as connection, connection.transaction():
        [(batch_no,)] = connection.execute(
            "insert into onerow.batches"
            " (source, batch_id, extracted_at, row_count, rejected_count, window_start, window_end)"
            " values (%s, gen_random_uuid()::text, %s, %s, %s, %s, %s) returning batch_no",
            (source, hour(extracted), len(rows), malformed, start, end),
        ).fetchall()
        connection.cursor().executemany(
            f"insert into landing.{source} (_batch_no, _line_number, {', '.join(COLUMNS)})"
            " values (%s, %s, %s, %s, %s, %s, %s, %s)",
            [(batch_no, line, *values) for line, values in enumerate(rows, start=2)],
        )
    return batch_no


class Things:
    """Marts of things in a test's database."""

    def __init__(self, database: Database, project: DbtProject):
        """`project` has the source and its staging view; marts come with `with_marts`."""
        self.database = database
        self.project = project

    def with_marts(self, **marts: str) -> "Things":
        """Add marts, or put others in their place; return what works with them."""
        files = {f"models/marts/{name}.sql": text for name, text in marts.items()}
        return Things(self.database, self.project.with_files(files))

    def land(self, *rows: Row, **delivery: Any) -> int:
        """Land rows as one batch and return its number."""
        return land(self.database, *rows, **delivery)

    def run(self, *marts: str, **options: Any) -> Any:
        """Run marts, which may fail, and return dbt's result."""
        return self.project.dbt_in_process("run", "--select", *marts, *_options(options))

    def load(self, mart: str, **options: Any) -> str:
        """Run one mart, which must succeed; return what dbt says of it, without the name of the strategy."""
        outcome = self.run(mart, **options)
        assert outcome.success, outcome.exception or [node.message for node in outcome.result]
        return message(outcome, mart).partition(": ")[2]

    def refused(self, mart: str, **options: Any) -> str:
        """Run one mart, which must fail; return its message."""
        outcome = self.run(mart, **options)
        assert not outcome.success
        return message(outcome, mart)

    def rows(self, mart: str, columns: str = "thing, version, value, note") -> list[tuple]:
        """Return the rows of a mart, ordered by those columns."""
        return self.database.rows(f"select {columns} from marts.{mart} order by {columns}")

    def written(self, mart: str) -> list[tuple]:
        """Return where and by which transaction each row of a mart was written, to be compared later."""
        return self.database.rows(f"select ctid, xmin, xmax from marts.{mart} order by ctid")

    def outcomes(self, mart: str) -> dict[int, dict[str, int]]:
        """Return the recorded outcomes of each batch."""
        counted: dict[int, dict[str, int]] = {}
        for batch_no, outcome, row_count in self.database.rows(
            "select c.batch_no, o.outcome, o.row_count from onerow.claims as c"
            " left join onerow.load_outcomes as o using (model, batch_no, attempt) where model like %s",
            f"%.marts.{mart}",
        ):
            counted.setdefault(batch_no, {}).update({outcome: row_count} if outcome else {})
        return counted

    def assert_accounted(self, mart: str) -> None:
        """For each batch that the mart consumed, the outcomes add up to what landed."""
        landed = dict(self.database.rows("select batch_no, row_count from onerow.batches"))
        outcomes = self.outcomes(mart)
        assert {batch: sum(counts.values()) for batch, counts in outcomes.items()} == {
            batch: landed[batch] for batch in outcomes
        }


def _options(options: Mapping[str, Any]) -> list[str]:
    return [f"--{name.replace('_', '-')}" for name, value in options.items() if value]
