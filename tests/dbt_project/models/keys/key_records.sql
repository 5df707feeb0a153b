{#- One empty row of the columns that the key macros are tried on; unit tests put theirs in its place. -#}
select
    null::text as site,
    null::text as "order",
    null::text as device_id,
    null::integer as "position",
    null::numeric as amount,
    null::boolean as is_active,
    null::uuid as order_id,
    null::date as read_on,
    null::timestamp as read_locally_at,
    null::timestamptz as read_at
