"""A table that an application INSERTs into, job by job, as a source, and a mart of it."""

from harness.database import Database

TABLE = """
create schema raw;
create table raw.payments (
    id bigint generated always as identity primary key,
    job text,
    payment text,
    amount numeric,
    paid_at timestamptz,
    method json,
    "odd ""x"" name" integer
);
"""
OPTIONS = "natural_key: [payment], batch_column: job, row_id: id"
_SOURCE = """
sources:
  - name: raw
    schema: raw
    tables:
      - name: payments
        config: {{meta: {{onerow: {{{options}}}}}}}
        columns:
          - {{name: id, data_type: bigint}}
          - {{name: job, data_type: {batch_type}}}
          - {{name: payment, data_type: text}}
          - {{name: amount, data_type: numeric}}
          - {{name: paid_at, data_type: timestamptz}}
          - {{name: method, data_type: json}}
          - {{name: 'odd "x" name', data_type: integer}}
"""
_STAGING = """
select
    delivered.payment,
    {{ onerow.try_cast('delivered.amount', 'numeric') }} as amount,
    {{ onerow.try_cast('delivered.paid_at', 'timestamptz') }} as paid_at,
    {{ onerow.try_cast('delivered.method', 'json') }} as method,
    {{ onerow.try_cast('delivered."odd ""x"" name"', 'integer') }} as odd,
    delivered._batch_no,
    delivered._line_number,
    {{ onerow.reject_reasons('payments') }} as _reject_reasons
from {{ onerow.delivered(source('raw', 'payments')) }} as delivered
"""
_MART = """
{{{{ config(materialized='incremental', unique_key='payment', incremental_strategy={strategy!r},
           meta={{'onerow': {options}}}) }}}}
select payment, amount, paid_at, method, odd, _batch_no, _line_number, _reject_reasons
from {{{{ ref('stg_payments') }}}}
where {{{{ onerow.claimed() }}}}
"""


def mart(strategy: str = "upsert", **options: object) -> str:
    """Return the SQL of a mart of payments; an option that is None is not given."""
    given = {"source": "payments", "version_column": "paid_at", **options}
    return _MART.format(strategy=strategy, options={name: value for name, value in given.items() if value})


def files(options: str = OPTIONS, batch_type: str = "text", **marts: str) -> dict[str, str]:
    """Return the files of the source, its staging view and marts: `payments`, unless others are given."""
    texts = marts or {"payments": mart()}
    return {
        "models/raw/_raw.yml": _SOURCE.format(options=options, batch_type=batch_type),
        "models/raw/stg_payments.sql": _STAGING,
        **{f"models/raw/{name}.sql": text for name, text in texts.items()},
    }


def pay(database: Database, job: str | None, *payments: tuple[str | None, float]) -> None:
    """Deliver payments as an application does: a name, and the hour of the day, which is also the amount."""
    for payment, hour in payments:
        database.execute(
            "insert into raw.payments (job, payment, amount, paid_at)"
            " values (%s, %s, %s::numeric, timestamptz '2026-05-01T00:00Z' + %s * interval '1 hour')",
            *(job, payment, hour, hour),
        )
