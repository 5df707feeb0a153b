"""What the tests of rules start from: three sources with the same rules, each as strict as can be in its own way."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.database import Database
from harness.dbt_project import DbtProject, succeeded
from harness.prepared import BuiltOnce, Prepared
from onerow.landing.delivery import Delivery
from onerow.landing.land import land_files
from onerow.project.project import Project

# What each source says of refused rows in a batch.
STRICT = {
    "by_row": "unique_in_batch: last",
    "none_refused": "strict: batch",
    "one_refused": "strict: batch, max_rejected: 1, unique_in_batch: first",
    "a_quarter_refused": "strict: batch, max_rejected: 25%",
}
_SOURCE = """
      - name: {name}
        config: {{meta: {{onerow: {{natural_key: [sku], {strict}}}}}}}
        columns:
          - name: sku
            data_type: text
            config: {{meta: {{onerow: {{pattern: '^[A-Z]-\\d+$'}}}}}}
          - name: unit
            data_type: text
            config: {{meta: {{onerow: {{accepted_values: [piece, "driver's kit"]}}}}}}
          - name: price
            data_type: numeric
            config: {{meta: {{onerow: {{required: true, range: {{min: 0.01, max: 1000}}}}}}}}
          - name: updated_at
            data_type: timestamptz
            config: {{meta: {{onerow: {{range: {{min: 2026-01-01}}}}}}}}
"""
_STAGING = """
select
    delivered.sku,
    delivered.unit,
    {{{{ onerow.try_cast('delivered.price', 'numeric') }}}} as price,
    {{{{ onerow.try_cast('delivered.updated_at', 'timestamptz') }}}} as updated_at,
    delivered._batch_no,
    delivered._line_number,
    {{{{ onerow.reject_reasons('{name}') }}}} as _reject_reasons
from {{{{ source('rules_landing', '{name}') }}}} as delivered
"""
_MART = """
{{{{ config(materialized='incremental', unique_key='sku', incremental_strategy='upsert',
           meta={{'onerow': {{'source': '{name}', 'version_column': 'updated_at'}}}}) }}}}
select sku, unit, price, updated_at, _batch_no, _line_number, _reject_reasons
from {{{{ ref('stg_{name}') }}}}
where {{{{ onerow.claimed() }}}}
"""


def rules_files() -> dict[str, str]:
    """Return the files of the sources, their staging views and marts."""
    tables = "".join(_SOURCE.format(name=name, strict=strict) for name, strict in STRICT.items())
    files = {
        "models/rules/_sources.yml": f"sources:\n  - name: rules_landing\n    schema: landing\n    tables:{tables}"
    }
    for name in STRICT:
        files[f"models/rules/stg_{name}.sql"] = _STAGING.format(name=name)
        files[f"models/rules/{name}.sql"] = _MART.format(name=name)
    return files


@pytest.fixture(scope="session")
def prepared(built_once: BuiltOnce) -> Prepared:
    """The views and empty marts of these sources."""

    def fill(dbt: DbtProject, database: Database) -> None:
        succeeded(dbt.dbt_in_process("run", "--quiet", "--select", "path:models/rules"))

    return built_once("ruled", fill, rules_files())


@pytest.fixture
def project(prepared: Prepared, database: Database) -> DbtProject:
    """The project on the copy."""
    return prepared.dbt


@pytest.fixture
def land(job: Project, database: Database, tmp_path: Path) -> Callable[..., int]:
    """Land a batch of a source: objects, and texts that are lines as they are. Returns its number."""

    def land(source: str, *rows: dict[str, str] | str) -> int:
        file = tmp_path / "batch.jsonl"
        file.write_text("".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in rows))
        delivery = Delivery(batch_id=str(database.value("select count(*) from onerow.batches")))
        [landed] = land_files(job, source, [file], delivery)
        return landed.batch_no

    return land
