{#- One empty delivered row; unit tests put theirs in its place. -#}
select
    null::text as parcel_id,
    null::text as weight,
    null::text as status,
    null::text as scanned_at
