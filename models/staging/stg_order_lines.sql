with

delivered as (

    select * from {{ source('landing', 'order_lines') }}

),

typed as (

    select
        ---------- keys
        {{ onerow.try_cast('delivered.order_id', 'uuid') }} as order_id,
        {{ onerow.try_cast('delivered.position', 'integer') }} as position,

        ---------- attributes
        delivered.sku,
        {{ onerow.try_cast('delivered.quantity', 'integer') }} as quantity,
        {{ onerow.try_cast('delivered.unit_price', 'numeric') }} as unit_price,
        {{ onerow.try_cast('delivered.updated_at', 'timestamptz') }} as updated_at,

        ---------- lineage
        delivered._batch_no,
        delivered._line_number,
        {{ onerow.reject_reasons('order_lines') }} as _reject_reasons

    from delivered

)

select * from typed
