{#- Query: what is wrong with a table's keys, as one row. `batches` is the ledger's table, or none: then batches go without names.
    A row counts as added to its key if another row of the key is of an earlier batch, or stands before it. -#}
{% macro dedupe_audit(target, batches, limit) %}
with

keys as materialized (

    select
        row_number() over (order by k._dedupe_row_ids[1]) as key_no,
        k._dedupe_row_ids
    from ({{ onerow.dedupe_keys(target) }}) as k

),

copies as materialized (

    select
        keys.key_no,
        {{ onerow.content(target.state_columns, 't') }} as state,
        {{ onerow.null_in_key(target, 't') }} as has_null,
        {{ 't.' ~ onerow.quoted(target.version) if target.version else 'null::text' }} as version,
        {{ 't._batch_no' if target.has_batches else 'null::bigint' }} as batch_no,
        row_number() over (
            partition by keys.key_no order by {{ 't._batch_no nulls first, ' if target.has_batches }}t.ctid
        ) > 1 as is_added
    from keys
    cross join lateral unnest(keys._dedupe_row_ids) as r (row_id)
    inner join {{ target.relation }} as t on t.ctid = r.row_id

),

counted as (

    select
        copies.key_no,
        count(*) as row_count,
        count(distinct copies.state) as state_count,
        bool_or(copies.has_null) as has_null,
        min(copies.version)::text as first_version,
        max(copies.version)::text as last_version
    from copies
    group by copies.key_no

),

biggest as (

    select
        counted.*,
        {{ onerow.dedupe_key_object(target, 't') }} as key
    from (select counted.* from counted order by counted.row_count desc, counted.key_no limit {{ limit }}) as counted
    inner join keys on keys.key_no = counted.key_no
    inner join {{ target.relation }} as t on t.ctid = keys._dedupe_row_ids[1]

),

added as (

    select
        copies.batch_no,
        count(*) as row_count
    from copies
    where copies.is_added
    group by copies.batch_no

),

known as (

    select
        added.batch_no,
        added.row_count,
        {%- if batches %}
        b.source,
        b.batch_id,
        b.landed_at
    from added
    left join {{ batches }} as b on b.batch_no = added.batch_no
        {%- else %}
        null::text as source,
        null::text as batch_id,
        null::timestamptz as landed_at
    from added
        {%- endif %}

)

select
    totals.row_count,
    totals.null_key_rows,
    figures.*,
    (select min(copies.version)::text from copies) as first_version,
    (select max(copies.version)::text from copies) as last_version,
    (select min(known.landed_at) from known) as since,
    coalesce((
        select jsonb_agg(to_jsonb(biggest) order by biggest.row_count desc, biggest.key_no) from biggest
    ), '[]') as biggest_keys,
    {%- if target.has_batches %}
    coalesce((select jsonb_agg(to_jsonb(known) order by known.batch_no nulls first) from known), '[]') as batches
    {%- else %}
    '[]'::jsonb as batches
    {%- endif %}
from (
    select
        count(*) as row_count,
        count(*) filter (where {{ onerow.null_in_key(target, 't') }}) as null_key_rows
    from {{ target.relation }} as t
) as totals
cross join (
    select
        count(*) as duplicate_keys,
        coalesce(sum(counted.row_count - 1), 0)::bigint as surplus_rows,
        count(*) filter (where counted.state_count = 1) as twin_keys,
        count(*) filter (where counted.state_count > 1) as conflicting_keys,
        coalesce(sum(counted.row_count - counted.state_count), 0)::bigint as twin_rows,
        coalesce(sum(counted.state_count - 1), 0)::bigint as conflicting_rows,
        count(*) filter (where counted.has_null) as null_keys
    from counted
) as figures
{% endmacro %}
