"""A real dlt pipeline lands, and what it appends twice or by half is one row a key, exactly once."""

import json
import os
import sys
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from harness.database import Database
from harness.dbt_project import DbtProject, message, succeeded
from harness.processes import Running

_FILES = {
    "models/raw/_raw.yml": """
sources:
  - name: raw
    schema: raw
    tables:
      - name: shop_orders
        identifier: orders
        config:
          meta:
            onerow:
              natural_key: [id]
              batch_column: _dlt_load_id
              row_id: _dlt_id
              complete_when: batch_id in (select load_id from raw._dlt_loads where status = 0)
        columns:
          - {name: id, data_type: bigint}
          - {name: total, data_type: numeric}
          - {name: changed, data_type: timestamptz}
""",
    "models/raw/stg_payments.sql": None,
    "models/raw/payments.sql": None,
    "models/raw/stg_shop.sql": """
select
    {{ onerow.try_cast('delivered.id', 'bigint') }} as id,
    {{ onerow.try_cast('delivered.total', 'numeric') }} as total,
    {{ onerow.try_cast('delivered.changed', 'timestamptz') }} as changed,
    delivered._batch_no,
    delivered._line_number,
    {{ onerow.reject_reasons('shop_orders') }} as _reject_reasons
from {{ onerow.delivered(source('raw', 'shop_orders')) }} as delivered
""",
    "models/raw/shop.sql": """
{{ config(materialized='incremental', unique_key='id', incremental_strategy='upsert',
          meta={'onerow': {'source': 'shop_orders', 'version_column': 'changed'}}) }}
select id, total, changed, _batch_no, _line_number, _reject_reasons
from {{ ref('stg_shop') }}
where {{ onerow.claimed() }}
""",
}
_MONDAY = [{"id": number, "total": number / 2, "changed": "2026-05-04T08:00:00Z"} for number in range(1, 101)]
_TUESDAY = [{"id": 1, "total": 9.75, "changed": "2026-05-05T08:00:00Z"}, {"id": 101, "total": 1, "changed": None}]


# Appends the rows of a JSON file to raw.orders, as a load package of its own.
_EXTRACT = """
import json, sys
import dlt
url, rows, folder = sys.argv[1:]
pipeline = dlt.pipeline("shop", destination=dlt.destinations.postgres(url), dataset_name="raw", pipelines_dir=folder)
pipeline.run(json.load(open(rows)), table_name="orders", write_disposition="append")
"""


@pytest.fixture
def extract(database: Database, tmp_path: Path) -> Iterator[Callable[[list[dict]], Running]]:
    """Start a pipeline that delivers rows."""
    login, started = database.login, []

    def extract(rows: list[dict]) -> Running:
        file = tmp_path / f"rows{len(started)}.json"
        file.write_text(json.dumps(rows))
        url = f"postgresql://{login.user}:{login.password}@{login.host}:{login.port}/{login.dbname}"
        command = [sys.executable, "-c", _EXTRACT, url, file, tmp_path / "dlt"]
        environment = {**os.environ, "RUNTIME__DLTHUB_TELEMETRY": "false"}
        started.append(Running(command, tmp_path, environment, file.with_suffix("")))
        return started[-1]

    yield extract
    for running in started:
        running.kill()


@pytest.fixture
def load(project: DbtProject) -> Callable[[], str]:
    """Load the mart of the pipeline's orders."""
    project = project.with_files(_FILES)
    return lambda: message(succeeded(project.dbt_in_process("run", "--quiet", "--select", "+shop")), "shop")


def test_what_dlt_appends_twice_is_one_row_a_key(database, extract, load):
    for rows in (_MONDAY, _MONDAY, _TUESDAY):
        extract(rows).wait().succeeded()
    assert database.value("select count(*) from raw.orders") == 202
    assert "101 new, 101 superseded" in load()
    assert database.rows("select count(*), count(distinct id), sum(total) from marts.shop") == [
        (101, 101, Decimal("2535.25"))
    ]
    extract(_MONDAY).wait().succeeded()
    assert "99 unchanged, 1 stale" in load()


def test_what_dlt_has_landed_by_half_is_left_until_it_is_complete(database, gate, extract, load):
    """dlt is held after its rows have been committed and before it says so in _dlt_loads. Guard: complete_when."""
    extract(_MONDAY).wait().succeeded()
    load()
    with gate.hold("raw._dlt_loads", "share"):
        running = extract(_TUESDAY)
        gate.wait_until(lambda: database.value("select count(*) from raw.orders") == 102, what="its rows are there")
        assert "nothing to load" in load()
        assert database.value("select count(*) from marts.shop") == 100
    running.wait().succeeded()
    load()
    assert database.value("select count(*) from marts.shop") == 101
