{#- One empty row of the types of time that window_of is tried on; unit tests put theirs in its place. -#}
select
    null::timestamptz as read_at,
    null::timestamp as read_locally_at,
    null::date as read_on
