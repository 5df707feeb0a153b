{{ config(materialized='incremental', unique_key='device_id') }}

select
    device_id,
    model,
    firmware,
    site,
    status,
    -- Without this test one unreadable time fails the whole run.
    case when pg_input_is_valid(reported_at, 'timestamptz') then reported_at::timestamptz end as reported_at,
    load_no,
    _line_number

from {{ source('raw', 'devices') }}

{% if is_incremental() %}
where load_no > (select max(load_no) from {{ this }})
{% endif %}
