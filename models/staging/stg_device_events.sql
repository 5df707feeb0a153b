with

delivered as (

    select * from {{ source('landing', 'device_events') }}

),

typed as (

    select
        ---------- keys
        delivered.event_id,

        ---------- attributes
        delivered.device_id,
        delivered.event_type,
        {{ onerow.try_cast('delivered.payload', 'jsonb') }} as payload,
        {{ onerow.try_cast('delivered.occurred_at', 'timestamptz') }} as occurred_at,

        ---------- lineage
        delivered._batch_no,
        delivered._line_number,
        {{ onerow.reject_reasons('device_events') }} as _reject_reasons

    from delivered

)

select * from typed
