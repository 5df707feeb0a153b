"""The cases of the load benchmark: what comes in, and what each contender runs."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Case:
    """Rows that come in, which share of them is new and which is newer, and whose models load them."""

    rows: int
    new: float
    newer: float
    strategy: str = "upsert"


CASES = {
    "500,000 unchanged (a retry)": Case(500_000, 0.0, 0.0),
    "500,000, 1% changed": Case(500_000, 0.0, 0.01),
    "50,000, 20% new, 20% newer": Case(50_000, 0.2, 0.2),
    "500,000 all newer": Case(500_000, 0.0, 1.0),
    "500,000 all new": Case(500_000, 1.0, 0.0),
    "events: 500,000, 50% new": Case(500_000, 0.5, 0.0, "insert_new"),
    "a window of 50,000, 1% changed": Case(50_000, 0.0, 0.01, "replace_window"),
    "a window of 50,000 again": Case(50_000, 0.0, 0.0, "replace_window"),
}

BASE = """
create table bench.base as
select
    'device-' || lpad(n::text, 9, '0') as device_id,
    'model ' || n % 50 as model,
    '1.' || n % 20 as firmware,
    'site ' || n % 1000 as site,
    (n % 997)::numeric / 10 as temperature,
    timestamptz '2026-01-01' + n * interval '1 second' as reported_at
from generate_series(1, {rows}) as n
"""

INCOMING = """
create table bench.incoming as
select
    case when b.r < {new} then 'device-' || lpad(({beyond} + b.p)::text, 9, '0') else b.device_id end as device_id,
    b.model,
    case when b.r between {new} and {changed} then '9.9' else b.firmware end as firmware,
    b.site,
    b.temperature,
    b.reported_at
        + case when b.r between {new} and {changed} then {newer_by}::interval else interval '0' end as reported_at
from (
    select base.*, random() as r, row_number() over (order by base.reported_at) as p
    from bench.base as base
) as b
where b.p % {step} = 0 and b.p <= {last}
order by md5(b.device_id)
limit {rows}
"""

LANDED = """
insert into landing.incoming
(_batch_no, _line_number, device_id, model, firmware, site, temperature, reported_at)
select %s, row_number() over (), device_id, model, firmware, site, temperature::text, reported_at::text
from bench.incoming
"""

SELECT = "select device_id, model, firmware, site, temperature, reported_at from bench.incoming"

# Windows need a source: its one batch is claimed as in production.
FROM_SOURCE = """
select
    device_id, model, firmware, site, temperature::numeric as temperature, reported_at::timestamptz as reported_at,
    _batch_no, _line_number, null::text[] as _reject_reasons
from landing.incoming
where {{ onerow.claimed() }}
"""

SOURCE = """
sources:
  - name: landing
    schema: landing
    tables:
      - name: incoming
        config: {meta: {onerow: {natural_key: [device_id]}}}
        columns:
          - {name: device_id, data_type: text}
          - {name: model, data_type: text}
          - {name: firmware, data_type: text}
          - {name: site, data_type: text}
          - {name: temperature, data_type: numeric}
          - {name: reported_at, data_type: timestamptz}
"""

_BY_VERSION = "meta={'onerow': {'version_column': 'reported_at'}}"
_BY_WINDOW = "meta={'onerow': {'source': 'incoming', 'window_column': 'reported_at'}}"
_STOCK = {
    "dbt merge": ("incremental_strategy='merge'", SELECT),
    "dbt delete+insert": ("incremental_strategy='delete+insert'", SELECT),
}
# Per strategy: the contenders as dbt config and SQL, onerow first.
CONTENDERS = {
    "upsert": {"onerow upsert": (f"incremental_strategy='upsert', {_BY_VERSION}", SELECT), **_STOCK},
    "insert_new": {"onerow insert_new": ("incremental_strategy='insert_new'", SELECT), **_STOCK},
    "replace_window": {
        "onerow replace_window": (f"incremental_strategy='replace_window', {_BY_WINDOW}", FROM_SOURCE),
        **_STOCK,
    },
}

BARE = "bare statement"
_INSERT = """
insert into {target} as t (device_id, model, firmware, site, temperature, reported_at)
select device_id, model, firmware, site, temperature, reported_at from bench.incoming
"""
# What a careful engineer would write by hand, per strategy.
STATEMENTS = {
    "upsert": [
        f"""{_INSERT} on conflict (device_id) do update set
        model = excluded.model, firmware = excluded.firmware, site = excluded.site,
        temperature = excluded.temperature, reported_at = excluded.reported_at
        where excluded.reported_at > t.reported_at"""
    ],
    "insert_new": [f"{_INSERT} on conflict (device_id) do nothing"],
    "replace_window": [
        """delete from {target} where reported_at >= (select min(reported_at) from bench.incoming)
        and reported_at <= (select max(reported_at) from bench.incoming)""",
        _INSERT,
    ],
}
