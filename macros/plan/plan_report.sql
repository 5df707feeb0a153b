{#- The plan as JSON, read from what the load's steps have left: outcomes a batch, from the plan's own ledger, and rows where they are
    asked for. docs/reference/plan-json.md describes what `onerow plan` makes of it. -#}
{% macro plan_report(into, load, plan) %}
    {%- set model_id = onerow.literal(onerow.relation_id(this)) -%}
    {{- return(run_query(
        "select jsonb_build_object("
        ~ "'relation', " ~ model_id
        ~ ", 'is_rebuild', " ~ load.is_rebuild
        ~ ", 'batches', (" ~ onerow.planned_batches(plan, model_id) ~ ')'
        ~ ", 'later_batches', (select count(*) from " ~ onerow.ledger('batches') ~ ' as b where b.quarantined_at is null'
        ~ ' and not exists (select from ' ~ onerow.ledger('claims') ~ ' as c where c.model = ' ~ model_id ~ ' and c.batch_no = b.batch_no))'
        ~ ", 'rows', " ~ ('(' ~ onerow.planned_delivery(into, load, plan) ~ ')' if plan.rows else 'null')
        ~ ')::text'
    ).columns[0].values()[0]) -}}
{% endmacro %}
