{{
    config(
        unique_key='order_line_id',
        incremental_strategy='upsert',
        on_schema_change='append_new_columns',
        meta={'onerow': {'source': 'order_lines', 'version_column': 'updated_at'}},
    )
}}

select
    {{ onerow.surrogate_key(['order_id', 'position']) }} as order_line_id,
    order_id,
    position,
    sku,
    quantity,
    unit_price,
    updated_at,
    _batch_no,
    _line_number,
    _reject_reasons
from {{ ref('stg_order_lines') }}
where {{ onerow.claimed() }}
