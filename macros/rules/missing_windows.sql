{#- Rule: the declared windows of a mart's batches leave no gap between the first and the last. A batch that waits to be loaded will
    close its gap; a quarantined one leaves it open, and is named. Violations only: one row a gap, [window_start, window_end). -#}
{% macro missing_windows(mart) %}
{%- if execute %}
{%- set facts = onerow.reconciled_mart(mart) %}
select
    {{ onerow.literal(facts.id) }} as model,
    lower(gap.period) as window_start,
    upper(gap.period) as window_end,
    array(
        select batches.batch_no
        from {{ onerow.ledger('batches') }} as batches
        where batches.source = {{ onerow.literal(facts.source) }}
            and batches.quarantined_at is not null
            and tstzrange(batches.window_start, batches.window_end) && gap.period
        order by batches.batch_no
    ) as quarantined_batches
from (
    select range_agg(tstzrange(batches.window_start, batches.window_end)) as periods
    from ({{ onerow.delivered_batches(mart) }}) as delivered
    inner join {{ onerow.ledger('batches') }} as batches on batches.batch_no = delivered.batch_no
    where not delivered.is_quarantined and batches.window_start is not null
) as covered
cross join lateral unnest(multirange(range_merge(covered.periods)) - covered.periods) as gap (period)
where not {{ onerow.is_excepted(mart, 'missing_windows', onerow.window_key('lower(gap.period)', 'upper(gap.period)')) }}
{%- endif %}
{%- endmacro %}
