{#- One empty delivered row; unit tests put theirs in its place. -#}
select
    null::bigint as _batch_no,
    null::bigint as _line_number,
    null::text as parcel_id,
    null::text as leg,
    null::text as weight,
    null::text as status,
    null::text as scanned_at
