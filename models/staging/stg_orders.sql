with

delivered as (

    select * from {{ source('landing', 'orders') }}

),

typed as (

    select
        ---------- keys
        {{ onerow.try_cast('delivered.order_id', 'uuid') }} as order_id,

        ---------- attributes
        delivered.customer_id,
        {{ onerow.try_cast('delivered.amount', 'numeric') }} as amount,
        delivered.currency,
        delivered.status,
        {{ onerow.try_cast('delivered.updated_at', 'timestamptz') }} as updated_at,

        ---------- lineage
        delivered._batch_no,
        delivered._line_number,
        {{
            onerow.reject_reasons('orders', more=[onerow.reject_unknown('status', ref('order_statuses'))])
        }} as _reject_reasons

    from delivered

)

select * from typed
