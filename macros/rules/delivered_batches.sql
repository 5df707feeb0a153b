{#- One row a batch of the mart's source, and how the mart stands to it: `is_consumed` where a claim of this very table covers it
    (see valid_claims), `is_waiting` where a load has still to claim it. A quarantined batch that was not consumed is neither. -#}
{% macro delivered_batches(mart) %}
{%- set facts = onerow.reconciled_mart(mart) -%}
select
    batches.batch_no,
    batches.batch_id,
    batches.row_count,
    batches.rejected_count,
    batches.landed_at,
    batches.quarantined_at is not null as is_quarantined,
    latest_claim.attempt is not null as is_consumed,
    latest_claim.attempt is null and batches.quarantined_at is null as is_waiting,
    latest_claim.attempt,
    latest_claim.row_count as claimed_row_count,
    latest_claim.withdrawn_count
from {{ onerow.ledger('batches') }} as batches
left join (
    {{ onerow.valid_claims(var('onerow_schema', 'onerow')) | indent(4) }}
) as latest_claim
    on latest_claim.batch_no = batches.batch_no
    and latest_claim.model = {{ onerow.literal(facts.id) }}
where batches.source = {{ onerow.literal(facts.source) }}
{%- endmacro %}
