{#- A table of the ledger that stands in the database, while `onerow.ledger` is that of the plan. -#}
{% macro standing_ledger(plan, table) %}
    {{- return(api.Relation.create(database=target.database, schema=plan.ledger_schema, identifier=table)) -}}
{% endmacro %}
