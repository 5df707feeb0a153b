{#- What a source has delivered, to be read under an alias: its landing table, or the table of another loader in the shape of one. -#}
{% macro landing_of(source) %}
    {%- set contract = onerow.contract_of(source) -%}
    {%- set table = api.Relation.create(database=contract.database, schema=contract.schema, identifier=contract.identifier) -%}
    {{- return(onerow.batched_rows(contract, table) if contract.config.meta.onerow.get('batch_column') else table) -}}
{% endmacro %}
