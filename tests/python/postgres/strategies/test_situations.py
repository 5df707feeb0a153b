"""Each cell of the table in docs/reference/strategies.md: what a strategy makes of a situation, and what it counts."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import pytest

from harness.database import Database, fresh_database
from harness.dbt_project import REPOSITORY, DbtProject
from harness.dbt_project import message as dbt_message
from harness.prepared import Prepared
from onerow.server.lifecycle import Server
from postgres.strategies.situations import SITUATIONS, STRATEGIES, Batch, Situation, markdown
from postgres.strategies.things import Row, hour, land, mart, row

OUTCOMES = ("new", "modified", "unchanged", "stale", "superseded", "rejected", "filtered")
# Hours between situations, so that no window of one reaches into another.
SPACING = 10

_KEY = ["thing", "part"]
_FROM = """
select thing, part, version, value, note, at, _batch_no, _line_number, _reject_reasons
from {{{{ ref('stg_{source}') }}}}
where {{{{ onerow.claimed() }}}} and value is distinct from 'hidden'
"""
_THIS_LOAD = """
select thing, part, version, value, note, at from {{ ref('stg_things') }}
where _batch_no in (select batch_no from public.this_load) and value is distinct from 'hidden'
"""
_THINGS = {"key": _KEY, "select": _FROM.format(source="things")}
_TOMBSTONE = {"deleted_when": "note = 'gone'"}
MARTS = {
    "replace": mart("upsert", **_THINGS, version_column="version", **_TOMBSTONE),
    "merge": mart("upsert", **_THINGS, version_column="version", conflict_resolution="merge", **_TOMBSTONE),
    "by_extraction": mart("upsert", **_THINGS, **_TOMBSTONE),
    "without_source": mart("upsert", key=_KEY, select=_THIS_LOAD, source=None, **_TOMBSTONE),
    "insert_new": mart("insert_new", **_THINGS, version_column="version"),
    "replace_window": mart(
        "replace_window", key=_KEY, select=_FROM.format(source="windowed_things"), source="windowed_things",
        window_column="at",
    ),
}  # fmt: skip


@dataclass
class Results:
    """What two loads have left: rows and outcomes of each situation in each mart, and what dbt said of the second."""

    rows: dict[tuple[str, str], list[str]]
    outcomes: dict[tuple[str, str], Counter]
    said: dict[str, str]


@pytest.fixture(scope="module")
def results(
    server: Server, database_name: str, prepared: Prepared, tmp_path_factory: pytest.TempPathFactory
) -> Results:
    """All situations at once, each with a key and a window of its own. Results stay in memory, without database."""
    with fresh_database(server.login, database_name, prepared.template) as database:
        project = DbtProject(
            prepared.dbt.folder,
            database.login,
            tmp_path_factory.mktemp("situations") / "project",
            prepared.dbt.target_path,
        ).with_files({f"models/marts/{name}.sql": text for name, text in MARTS.items()})
        database.execute("create table public.this_load (batch_no bigint)")
        database.execute("create table public.situation_batches (situation text, batch_no bigint)")
        _land(database, ((situation, [situation.before]) for situation in SITUATIONS if situation.before), extracted=1)
        _run(project)
        database.execute("truncate public.this_load, public.situation_batches")
        _land(database, ((situation, situation.delivered) for situation in SITUATIONS), extracted=2)
        said = _run(project)
        rows = {
            (situation.name, strategy): _rows(database, situation, strategy)
            for situation in SITUATIONS
            for strategy in STRATEGIES
        }
        return Results(rows, _outcomes(database), said)


@pytest.mark.parametrize("strategy", STRATEGIES)
@pytest.mark.parametrize("situation", SITUATIONS, ids=lambda situation: situation.name)
def test_situation(results: Results, situation: Situation, strategy: str) -> None:
    """The rows of the mart are those of the table's cell, and so is what is counted for what was delivered."""
    rows, outcomes = situation.expected(strategy)
    assert (" ".join(results.rows[situation.name, strategy]) or "no row") == rows
    if strategy != "without_source":  # without a source only the sum is counted
        assert _text(results.outcomes[situation.name, strategy] - _of_others(situation)) == outcomes


def test_counts_without_a_source(results: Results) -> None:
    """The cells of `upsert, no source` add up to what dbt says of the load."""
    counted = Counter()
    for situation in SITUATIONS:
        outcomes = situation.expected("without_source")[1]
        counted.update(outcome for outcome in outcomes.split(", ") if outcome != "-")
        # Nothing refuses a row here, or knows of windows.
        counted["new"] += sum(batch.others + batch.refused + batch.outside for batch in situation.delivered)
    expected = ", ".join(f"{counted[outcome]} {outcome}" for outcome in OUTCOMES if counted[outcome])
    assert results.said["without_source"] == f"upsert: {expected}"


def test_the_reference_shows_this_table() -> None:
    """Guard: docs/reference/strategies.md holds what situations.markdown() returns."""
    page = (REPOSITORY / "docs/reference/strategies.md").read_text(encoding="utf-8")
    table = "\n".join(line for line in page.splitlines() if line.startswith("|") and line.count("|") == 10) + "\n"
    assert table == markdown(), "put the table that situations.markdown() returns into the page"


def _land(database: Database, batches: Iterable[tuple[Situation, Iterable[Batch]]], extracted: int) -> None:
    """Land batches twice: once for replace_window alone, because what it sets aside is set aside for all marts."""
    for situation, delivered in batches:
        at = SPACING * SITUATIONS.index(situation)
        for batch in delivered:
            for source in ("things", "windowed_things"):
                batch_no = land(
                    database, *_delivered(situation, batch, at), source=source, extracted=batch.extracted or extracted,
                    window=(at, at + 1) if batch.window else None,
                )  # fmt: skip
                database.execute("insert into public.situation_batches values (%s, %s)", situation.name, batch_no)
                if source == "things":
                    database.execute("insert into public.this_load values (%s)", batch_no)


def _delivered(situation: Situation, batch: Batch, at: int) -> list[Row]:
    thing, part = situation.name if situation.thing else None, "p" if situation.part else None
    rows = [row(thing, *_values(text), part=part, at=at) for text in batch.rows]
    other = f"beside {situation.name}, {batch.extracted}"
    rows += [row(other, part=f"other {number}", at=at) for number in range(batch.others)]
    rows += [row(other, "?", part=f"refused {number}", at=at) for number in range(batch.refused)]
    rows += [row(other, part=f"outside {number}", at=at + 1) for number in range(batch.outside)]
    return rows


def _values(text: str) -> list[str | None]:
    return [None if value == "-" else value for value in text.split()]


def _run(project: DbtProject) -> dict[str, str]:
    outcome = project.dbt_in_process("run", "--quiet", "--select", *MARTS)
    assert outcome.success, outcome.exception or [node.message for node in outcome.result]
    return {name: dbt_message(outcome, name) for name in MARTS}


def _rows(database: Database, situation: Situation, strategy: str) -> list[str]:
    deleted = "_deleted_at" if "deleted_when" in MARTS[strategy] else "null"
    found = database.rows(
        f"select version, value, note, at, {deleted} from marts.{strategy}"
        " where thing is not distinct from %s order by 1, 2, 3",
        situation.name if situation.thing else None,
    )
    assert {at for *_, at, _ in found} <= {hour(SPACING * SITUATIONS.index(situation))}
    return [
        f"`{' '.join('-' if value is None else str(value) for value in values)}`" + (" †" if deleted_at else "")
        for *values, _, deleted_at in found
    ]


def _outcomes(database: Database) -> dict[tuple[str, str], Counter]:
    """What was counted for the batches of the second load; `withdrawn` and `quarantined` beside it."""
    counted = {(situation.name, strategy): Counter() for situation in SITUATIONS for strategy in STRATEGIES}
    for situation, strategy, outcome, row_count in database.rows(
        """
        select s.situation, split_part(o.model, '.', 3), o.outcome, o.row_count
        from public.situation_batches as s inner join onerow.load_outcomes as o using (batch_no)
        union all
        select s.situation, split_part(c.model, '.', 3), 'withdrawn', c.withdrawn_count
        from public.situation_batches as s inner join onerow.claims as c using (batch_no) where c.withdrawn_count > 0
        union all
        select s.situation, 'replace_window', 'quarantined', 1
        from public.situation_batches as s inner join onerow.batches as b using (batch_no)
        where b.quarantined_at is not null
        """
    ):
        counted[situation, strategy][outcome] += row_count
    return counted


def _of_others(situation: Situation) -> Counter:
    return Counter(new=sum(batch.others + batch.outside for batch in situation.delivered))


def _text(outcomes: Counter) -> str:
    assert set(outcomes.values()) <= {1}
    return ", ".join(name for name in (*OUTCOMES, "withdrawn", "quarantined") if outcomes[name]) or "-"
