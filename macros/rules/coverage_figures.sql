{#- Level windows of `onerow reconcile`, in the columns of key_figures: gaps between declared windows, batches whose window overlaps that of
    another batch (which only informs: loads get that right), and batches that nobody has consumed. -#}
{% macro coverage_figures(mart) %}
{%- if execute %}
select
    'missing_windows' as figure,
    count(*) as source_value,
    null::bigint as destination_value,
    count(*) as violations,
    'missing_windows' as rule
from ({{ onerow.missing_windows(mart) }}) as violations

union all

select
    'unconsumed_batches',
    count(*),
    null,
    count(*),
    'unconsumed_batches'
from ({{ onerow.unconsumed_batches(mart) }}) as violations

union all

select
    'overlapping_windows',
    count(*),
    null,
    null,
    null
from {{ onerow.ledger('batches') }} as batches
where batches.source = {{ onerow.literal(onerow.reconciled_mart(mart).source) }}
    and batches.quarantined_at is null
    and exists (
        select
        from {{ onerow.ledger('batches') }} as others
        where others.source = batches.source
            and others.quarantined_at is null
            and others.batch_no <> batches.batch_no
            and others.window_start < batches.window_end
            and others.window_end > batches.window_start
    )
{%- endif %}
{%- endmacro %}
