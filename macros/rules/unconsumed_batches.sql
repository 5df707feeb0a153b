{#- Rule: a batch that has landed is consumed within meta.onerow.reconcile.consumed_within, a day unless set. A quarantined one is not
    waited for. Violations only. -#}
{% macro unconsumed_batches(mart) %}
{%- if execute %}
{%- set facts = onerow.reconciled_mart(mart) %}
select
    {{ onerow.literal(facts.id) }} as model,
    batches.batch_no,
    batches.batch_id,
    batches.row_count,
    batches.landed_at
from ({{ onerow.delivered_batches(mart) }}) as batches
where batches.is_waiting and batches.landed_at < now() - interval '{{ facts.consumed_within }}'
    and not {{ onerow.is_excepted(
        mart, 'unconsumed_batches', "jsonb_build_object('batch_no', batches.batch_no, 'batch_id', batches.batch_id)"
    ) | indent(4) }}
{%- endif %}
{%- endmacro %}
