-- Guarantee: whatever the order of arrival, an older state of a device never takes the place of a newer one.
with

delivered as (

    select
        device_id,
        max(reported_at) as reported_at
    from {{ ref('stg_devices') }} as stg_devices
    where
        _reject_reasons is null
        -- Refused under an earlier rule: it was not delivered, until it is replayed.
        and not exists (
            select
            from {{ source('ledger', 'dead_letters') }} as dead_letters
            where
                dead_letters.source = 'devices'
                and dead_letters.batch_no = stg_devices._batch_no
                and dead_letters.line_number = stg_devices._line_number
        )
        and _batch_no in (
            select delivered_batches.batch_no
            from ({{ onerow.delivered_batches(ref('devices')) if execute }}) as delivered_batches
            where delivered_batches.is_consumed and not delivered_batches.is_quarantined
        )
    group by device_id

),

kept as (

    {% if onerow.is_built(ref('devices')) %}
        select
            device_id,
            reported_at
        from {{ ref('devices') }}
    {% else %}
        select
            null::text as device_id,
            null::timestamptz as reported_at
        where false
    {% endif %}

)

select
    delivered.device_id,
    delivered.reported_at as delivered_state,
    kept.reported_at as state_of_the_mart
from delivered
inner join kept on delivered.device_id = kept.device_id
where kept.reported_at < delivered.reported_at
