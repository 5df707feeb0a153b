{#- A table of the ledger, as a relation: onerow.ledger('claims'). -#}
{% macro ledger(table) %}
    {{- return(api.Relation.create(database=target.database, schema=var('onerow_schema', 'onerow'), identifier=table)) -}}
{% endmacro %}
