{{
    config(
        unique_key='order_id',
        incremental_strategy='upsert',
        on_schema_change='append_new_columns',
        meta={'onerow': {
            'source': 'orders',
            'version_column': 'updated_at',
            'conflict_resolution': 'merge',
            'deleted_when': "status = 'deleted'",
        }},
    )
}}

select
    order_id,
    customer_id,
    amount,
    currency,
    status,
    updated_at,
    _batch_no,
    _line_number,
    _reject_reasons
from {{ ref('stg_orders') }}
where {{ onerow.claimed() }}
