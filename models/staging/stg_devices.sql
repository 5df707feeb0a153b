with

delivered as (

    select * from {{ source('landing', 'devices') }}

),

typed as (

    select
        ---------- keys
        delivered.device_id,

        ---------- attributes
        delivered.model,
        delivered.firmware,
        delivered.site,
        delivered.status,
        {{ onerow.try_cast('delivered.reported_at', 'timestamptz') }} as reported_at,

        ---------- lineage
        delivered._batch_no,
        delivered._line_number,
        {{ onerow.reject_reasons('devices') }} as _reject_reasons

    from delivered

)

select * from typed
