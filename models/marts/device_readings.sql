{{
    config(
        unique_key='reading_id',
        incremental_strategy='replace_window',
        on_schema_change='append_new_columns',
        indexes=[{'columns': ['read_at']}],
        meta={'onerow': {'source': 'device_readings', 'window_column': 'read_at'}},
    )
}}

select
    {{ onerow.surrogate_key(['device_id', 'metric', 'value', 'read_at']) }} as reading_id,
    device_id,
    metric,
    value,
    read_at,
    _batch_no,
    _line_number,
    _reject_reasons
from {{ ref('stg_device_readings') }}
where {{ onerow.claimed() }}
