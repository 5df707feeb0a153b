"""The state after any set of batches is the same for every order of arrival and every grouping into loads."""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from harness.database import Database
from harness.dbt_project import REPOSITORY, DbtProject
from postgres.same_result import arrangements as drawn
from truth import any_order

CASES = 30
LOADS = 3

# Beside the project's own marts: a merge, an upsert without a version, and windows whose key is not the whole row.
MARTS = {
    "lines_merged": """
        {{ config(unique_key=['order_id', 'position'], incremental_strategy='upsert', meta={'onerow': {
            'source': 'order_lines', 'version_column': 'updated_at', 'conflict_resolution': 'merge'}}) }}
        select order_id, position, sku, quantity, unit_price, updated_at, _batch_no, _line_number, _reject_reasons
        from {{ ref('stg_order_lines') }} where {{ onerow.claimed() }}""",
    "lines_by_extraction": """
        {{ config(unique_key=['order_id', 'position'], incremental_strategy='upsert',
            meta={'onerow': {'source': 'order_lines'}}) }}
        select order_id, position, sku, quantity, unit_price, _batch_no, _line_number, _reject_reasons
        from {{ ref('stg_order_lines') }} where {{ onerow.claimed() }}""",
    "readings_by_time": """
        {{ config(unique_key=['device_id', 'metric', 'read_at'], incremental_strategy='replace_window',
            meta={'onerow': {'source': 'device_readings', 'window_column': 'read_at'}}) }}
        select device_id, metric, value, read_at, _batch_no, _line_number, _reject_reasons
        from {{ ref('stg_device_readings') }} where {{ onerow.claimed() }}""",
}
SELECTED = ("order_lines", "device_readings", *MARTS)

Batches = tuple[drawn.Drawn, ...]
Arrangements = tuple[drawn.Arrangement, ...]
# Order lines, readings, and the arrangements of each.
Case = tuple[Batches, Batches, Arrangements, Arrangements]


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Draw batches of order lines and of readings, and two arrangements of each."""
    lines = draw(drawn.batches(drawn.ORDER_LINE, with_windows=False))
    readings = draw(drawn.batches(drawn.READING, with_windows=True))
    return (
        lines,
        readings,
        tuple(draw(drawn.arrangements(len(lines), LOADS)) for _ in range(2)),
        tuple(draw(drawn.arrangements(len(readings), LOADS)) for _ in range(2)),
    )


@pytest.fixture
def built(project: DbtProject) -> Callable[[dict[str, str]], DbtProject]:
    """Build the project's views once; changed macros stand for a guard that is taken out."""

    def build(changed: dict[str, str]) -> DbtProject:
        marts = {f"models/marts/{name}.sql": text for name, text in MARTS.items()}
        changed_project = project.with_files({**marts, **changed})
        views = changed_project.dbt_in_process("run", "--quiet", "--select", "stg_order_lines", "stg_device_readings")
        assert views.success, views.exception
        return changed_project

    return build


def test_every_order_and_grouping_gives_the_same_rows(
    built: Callable[[dict[str, str]], DbtProject], database: Database, record_property: Callable[[str, object], None]
) -> None:
    """Rows of five marts equal the truth in two arrangements each. Guards: content tie, field versions, extraction."""
    figures = Counter()
    search(built({}), database, figures, examples=2)
    record_property("figures", ", ".join(f"{count} {what}" for what, count in figures.items()))
    assert min(figures.values()) > CASES, figures


@pytest.mark.parametrize(
    ("mart", "macro", "guard", "instead"),
    [
        ("order_lines", "strategies/content.sql", '::text collate "C")', '::text collate "C" || null)'),
        ("lines_merged", "strategies/field_version.sql", "remembered ~ ' ? ' ~ name", "'false'"),
        (
            "lines_by_extraction",
            "ledger/order_batches.sql",
            "order by b.extracted_at, coalesce(b.content_sha256, b.batch_id), b.batch_no",
            "order by b.batch_no",
        ),
        ("device_readings", "windows/bring_in_newer.sql", "if is_late", "if false"),
    ],
    ids=["content tie", "field versions", "extracted_at", "newer batches"],
)
def test_the_search_finds_what_a_guard_prevents(
    built: Callable[[dict[str, str]], DbtProject], database: Database, mart: str, macro: str, guard: str, instead: str
) -> None:
    """With one guard taken out the same search fails for its mart: it is no search that cannot fail."""
    text = (REPOSITORY / "macros" / macro).read_text()
    assert guard in text
    project = built({f"macros/{macro}": text.replace(guard, instead)})
    with pytest.raises(AssertionError, match="differs from the truth"):
        search(project, database, Counter(), examples=4, marts=[mart])


def search(
    project: DbtProject, database: Database, figures: Counter, examples: int, marts: Sequence[str] = SELECTED
) -> None:
    """Draw examples of many cases at once; load them in two arrangements, and compare each with the truth."""

    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.lists(cases(), min_size=CASES, max_size=CASES))
    def compare(example: list[Case]) -> None:
        for turn in range(2):
            load(project, database, example, turn, marts)
            for lines, readings, line_arrangements, reading_arrangements in example:
                drawn.count_edges(figures, lines, line_arrangements[turn])
                drawn.count_edges(figures, readings, reading_arrangements[turn])
                drawn.count_ties(figures, drawn.order_lines(lines))
            check(database, example, marts)

    compare()


def load(project: DbtProject, database: Database, example: list[Case], turn: int, marts: Sequence[str]) -> None:
    """Land and load all cases of an example in one of its arrangements, starting from nothing."""
    database.execute("truncate onerow.batches cascade")
    database.execute("truncate landing.order_lines, landing.device_readings")
    for mart in marts:
        database.execute(f"drop table if exists marts.{mart}")
    for number in range(LOADS):
        with database.connect() as connection:
            for case, (lines, readings, line_arrangements, reading_arrangements) in enumerate(example):
                for batch in line_arrangements[turn].loads[number]:
                    drawn.land(connection, "order_lines", case, lines[batch])
                for batch in reading_arrangements[turn].loads[number]:
                    drawn.land(connection, "device_readings", case, readings[batch])
        outcome = project.dbt_in_process("run", "--quiet", "--select", *marts)
        assert outcome.success, outcome.exception or [node.message for node in outcome.result]


def check(database: Database, example: list[Case], marts: Sequence[str]) -> None:
    """Compare every case in the marts with the truth."""
    found = {mart: rows_by_case(database, mart) for mart in marts}
    for case, (lines, readings, *_) in enumerate(example):
        expected = {**true_lines(lines), **true_readings(readings)}
        for mart, by_case in found.items():
            rows, truth = by_case.get(case, set()), expected[mart]
            assert rows == truth, f"{mart} differs from the truth: {rows} not {truth}, delivered {lines} and {readings}"


def rows_by_case(database: Database, mart: str) -> dict[int, set[tuple]]:
    """Read a mart: the rows of each case, times as small numbers."""
    if mart in ("device_readings", "readings_by_time"):
        query = f"select device_id, read_at, value::text from marts.{mart}"
    else:
        version = "null" if mart == "lines_by_extraction" else "updated_at"
        query = f"select order_id::text, position, {version}, sku, quantity::text, unit_price::text from marts.{mart}"
    by_case = defaultdict(set)
    for name, *values in database.rows(query):
        case = int(name.rsplit("-")[-1])
        by_case[case].add(tuple(drawn.case_of(value)[1] if isinstance(value, datetime) else value for value in values))
    return by_case


def true_lines(batches: Batches) -> dict[str, set[tuple]]:
    """Return what the marts of order lines must hold of a case."""
    deliveries = drawn.order_lines(batches)
    newest = any_order.replaced_by_extraction(deliveries)
    return {
        "order_lines": {(*key, *row) for key, row in any_order.replaced(deliveries).items()},
        "lines_merged": {(*key, *row) for key, row in any_order.merged(deliveries).items()},
        "lines_by_extraction": {(*key, None, *fields) for key, fields in newest.items()},
    }


def true_readings(batches: Batches) -> dict[str, set[tuple]]:
    """Return what the marts of readings must hold of a case, where the value is part of the key and where not."""
    good = [batch for batch in batches if drawn.accepted(batch)]
    rows = [(at, value, batch.batch) for batch in good for at, value in batch.rows]
    all_batches = [batch.batch for batch in good]
    whole = any_order.in_windows(
        [any_order.Delivery((at, value), at, (), batch) for at, value, batch in rows], all_batches
    )
    by_time = any_order.in_windows(
        [any_order.Delivery((at,), at, (value,), batch) for at, value, batch in rows], all_batches
    )
    return {"device_readings": set(whole), "readings_by_time": set(by_time.values())}
