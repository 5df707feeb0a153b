-- Guarantee: nothing is written for what has not changed. No more rows name a batch than its loads have written.
select
    null::text as mart,
    null::bigint as batch_no,
    null::bigint as row_count,
    null::numeric as written
where false
{% for mart in onerow.reconciled_marts() if onerow.is_built(mart) %}
union all
select
    '{{ mart.identifier }}' as mart,
    named._batch_no as batch_no,
    named.row_count,
    coalesce(written.row_count, 0) as written
from (
    select
        mart._batch_no,
        count(*) as row_count
    from {{ mart }} as mart
    group by mart._batch_no
) as named
left join (
    select
        load_outcomes.batch_no,
        sum(load_outcomes.row_count) as row_count
    from {{ source('ledger', 'load_outcomes') }} as load_outcomes
    where load_outcomes.model = {{ onerow.literal(onerow.relation_id(mart)) }}
        and load_outcomes.outcome in ('new', 'modified')
    group by load_outcomes.batch_no
) as written
    on written.batch_no = named._batch_no
where named.row_count > coalesce(written.row_count, 0)
{% endfor %}
