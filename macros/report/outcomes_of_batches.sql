{#- One row a mart and batch that it has consumed, with the rows of each outcome as a JSON object. `recency` is 1 for the newest batch of a
    mart. Python renders this file with Jinja alone, like ledger_ddl. -#}
{% macro outcomes_of_batches(schema) %}
{%- set schema_name = '"' ~ schema | replace('"', '""') ~ '"' -%}
select
    consumed.model,
    consumed.batch_no,
    consumed.recency,
    batches.batch_id,
    batches.location,
    batches.landed_at,
    batches.row_count,
    batches.rejected_count,
    consumed.withdrawn_count,
    (
        select coalesce(json_object_agg(load_outcomes.outcome, load_outcomes.row_count), '{}')
        from {{ schema_name }}.load_outcomes as load_outcomes
        where
            load_outcomes.model = consumed.model
            and load_outcomes.batch_no = consumed.batch_no
            and load_outcomes.attempt = consumed.attempt
    ) as outcomes
from (
    select
        valid_claims.*,
        row_number() over (partition by valid_claims.model order by valid_claims.batch_no desc) as recency
    from (
        {{ onerow.valid_claims(schema) | indent(8) }}
    ) as valid_claims
) as consumed
inner join {{ schema_name }}.batches as batches
    on batches.batch_no = consumed.batch_no
{%- endmacro %}
