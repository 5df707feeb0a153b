"""A dbt project that knows nothing of onerow, with a model for each of dbt's strategies; made and parsed once."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from harness.database import Database, fresh_database
from harness.dbt_project import DbtProject
from onerow.project.project import Project
from onerow.prove.prove import Asked, prove
from onerow.prove.report import ModelProof, Verdict
from onerow.server.lifecycle import Server

_PROJECT = """\
name: shop
version: 0.1.0
config-version: 2
profile: onerow
flags: {send_anonymous_usage_stats: false}
on-run-start: ["create table if not exists public.written_by_a_hook (x int)"]
"""
_SOURCES = "sources: [{name: raw, tables: [{name: orders}]}]"
_STAGING = "select order_id, amount, updated_at, load_no from {{ source('raw', 'orders') }}"
# Sends every model into a schema of the user's, whatever the target says.
_SCHEMA_NAME = "{% macro generate_schema_name(custom_schema_name, node) %}shop{% endmacro %}"
_MODEL = """\
{{ config(materialized='incremental', unique_key='order_id', incremental_strategy='%s') }}
select order_id, amount, updated_at%s from {{ ref('stg_orders') }}%s
"""
_WATERMARK = "{% if is_incremental() %} where load_no > (select max(load_no) from {{ this }}){% endif %}"
_HOOKED = """\
{{ config(materialized='table', unique_key='order_id', post_hook="insert into public.seen_by_a_hook values (1)") }}
select distinct on (order_id) order_id, amount, updated_at, now() as loaded_at
from {{ ref('stg_orders') }} order by order_id, updated_at desc, amount desc
"""
# With each run another id for what is the same thing.
_NUMBERED = """\
{{ config(materialized='table', unique_key='order_id') }}
select distinct on (order_id) order_id, gen_random_uuid() as row_id from {{ ref('stg_orders') }} order by order_id
"""
# Never comes to its end while there are rows.
_SLOW = "{{ config(materialized='table') }} select order_id, pg_sleep(600)::text as slept from {{ ref('stg_orders') }}"
_FILES = {
    "dbt_project.yml": _PROJECT,
    "models/sources.yml": _SOURCES,
    "models/stg_orders.sql": _STAGING,
    "models/appended.sql": _MODEL % ("append", "", ""),
    "models/deleted_and_inserted.sql": _MODEL % ("delete+insert", "", ""),
    "models/merged.sql": _MODEL % ("merge", "", ""),
    "models/watermarked.sql": _MODEL % ("merge", ", load_no", _WATERMARK),
    "models/newest.sql": _HOOKED,
    "models/numbered.sql": _NUMBERED,
    "models/slow.sql": _SLOW,
    "models/broken.sql": _MODEL % ("merge", ", no_such_column", ""),
    "macros/generate_schema_name.sql": _SCHEMA_NAME,
}

Row = tuple[str | None, str, str, int]

# Two deliveries: one with a NULL key, then one with an older state of `a`, which comes late.
DELIVERED: list[Row] = [
    ("a", "2", "2026-05-02", 1),
    (None, "9", "2026-05-01", 1),
    ("a", "1", "2026-05-01", 2),
    ("d", "1", "2026-05-04", 2),
]
TWICE_IN_A_BATCH: Row = ("d", "1", "2026-05-04", 2)


@pytest.fixture(scope="session")
def shop(
    server: Server, database_name: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[DbtProject, Project]]:
    """The project, as dbt and as a job reads it. Nothing that a test does changes it."""
    folder = tmp_path_factory.mktemp("shop") / "project"
    for name, text in _FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    with fresh_database(server.login, database_name) as database:
        project = DbtProject(folder, database.login, folder.parent / "scratch")
        with pytest.MonkeyPatch.context() as patch:
            read = project.job(patch)
            assert read.manifest.nodes
    yield project, read
    project.close()


@pytest.fixture
def deliver(database: Database) -> Callable[..., None]:
    """Make the source table as another tool has filled it."""

    def fill(*rows: Row) -> None:
        database.execute("create schema if not exists raw")
        database.execute("drop table if exists raw.orders")
        database.execute(
            "create table raw.orders (order_id text, amount text, updated_at timestamptz, load_no int not null)"
        )
        for row in rows:
            database.execute("insert into raw.orders values (%s, %s, %s, %s)", *row)

    return fill


@pytest.fixture
def proved(shop: tuple[DbtProject, Project], monkeypatch: pytest.MonkeyPatch) -> Callable[..., ModelProof]:
    """Prove one model of the shop, by the batches of its source table unless files are given."""
    job = shop[0].job(monkeypatch)

    def run(model: str, **asked: Any) -> ModelProof:
        if "files" not in asked:
            asked = {"batch_column": "load_no", **asked}
        proof = prove(job, [model], Asked(**asked), lambda *names: " ".join(names), lambda text: None)
        return proof.models[0]

    return run


def verdicts(proof: ModelProof) -> dict[str, str]:
    """Return the verdict on each guarantee."""
    return {each.name: each.verdict for each in proof.verdicts}


def verdict(proof: ModelProof, name: str) -> Verdict:
    """Return what was found of one guarantee."""
    [found] = [each for each in proof.verdicts if each.name == name]
    return found


def file(folder: Path, name: str, *lines: str) -> Path:
    """Write a delivered file."""
    (folder / name).write_text("\n".join(lines) + "\n")
    return folder / name
