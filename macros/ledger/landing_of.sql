{#- The landing table of a source, as its contract names it. -#}
{% macro landing_of(source) %}
    {%- set contract = onerow.contract_of(source) -%}
    {{- return(api.Relation.create(database=contract.database, schema=contract.schema, identifier=contract.identifier)) -}}
{% endmacro %}
