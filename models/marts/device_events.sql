{{
    config(
        unique_key='event_id',
        incremental_strategy='insert_new',
        on_schema_change='append_new_columns',
        meta={'onerow': {'source': 'device_events', 'version_column': 'occurred_at'}},
    )
}}

select
    event_id,
    device_id,
    event_type,
    payload,
    occurred_at,
    _batch_no,
    _line_number,
    _reject_reasons
from {{ ref('stg_device_events') }}
where {{ onerow.claimed() }}
