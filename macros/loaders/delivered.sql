{#- A source for the `from` of its staging model, whoever lands it: the table itself, or another loader's table in the shape of a landing
    table. Takes what source() returns, so that dbt sees the source in the model. A unit test gives the rows of landing. -#}
{% macro delivered(relation) %}
    {%- if not execute or model.resource_type == 'unit_test' -%}
        {{- return(relation) -}}
    {%- endif -%}
    {%- set found = [] -%}
    {%- for contract in onerow.contracts()
        if contract.database == relation.database and contract.schema == relation.schema and contract.identifier == relation.identifier -%}
        {%- do found.append(contract) -%}
    {%- endfor -%}
    {%- if not found -%}
        {%- do onerow.raise_if_any('delivered', [relation ~ ': no source of that table has a contract (meta.onerow.natural_key)']) -%}
    {%- endif -%}
    {{- return(onerow.landing_of(found[0].name) if onerow.loader_of(found[0]) else relation) -}}
{% endmacro %}
