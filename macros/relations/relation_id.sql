{#- One name for one relation, in the ledger and in locks: database.schema.identifier. -#}
{% macro relation_id(relation) %}
    {{- return(relation.database ~ '.' ~ relation.schema ~ '.' ~ relation.identifier) -}}
{% endmacro %}
