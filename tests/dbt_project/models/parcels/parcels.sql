{{
    config(
        materialized='incremental',
        unique_key='parcel_id',
        incremental_strategy='upsert',
        meta={'onerow': {'source': 'parcels', 'version_column': 'scanned_at'}},
    )
}}

select
    parcel_id,
    weight,
    status,
    scanned_at,
    _batch_no,
    _line_number,
    _reject_reasons
from {{ ref('stg_parcels') }} as stg_parcels
where {{ onerow.claimed('stg_parcels') }}
