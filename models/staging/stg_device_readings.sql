with

delivered as (

    select * from {{ source('landing', 'device_readings') }}

),

typed as (

    select
        ---------- keys
        delivered.device_id,
        delivered.metric,
        {{ onerow.try_cast('delivered.value', 'numeric') }} as value,
        {{ onerow.try_cast('delivered.read_at', 'timestamptz') }} as read_at,

        ---------- lineage
        delivered._batch_no,
        delivered._line_number,
        {{ onerow.reject_reasons('device_readings') }} as _reject_reasons

    from delivered

)

select * from typed
