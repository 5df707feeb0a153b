{{
    config(
        unique_key='device_id',
        incremental_strategy='upsert',
        on_schema_change='append_new_columns',
        meta={'onerow': {'source': 'devices', 'version_column': 'reported_at'}},
    )
}}

select
    device_id,
    model,
    firmware,
    site,
    status,
    reported_at,
    _batch_no,
    _line_number,
    _reject_reasons
from {{ ref('stg_devices') }}
where {{ onerow.claimed() }}
