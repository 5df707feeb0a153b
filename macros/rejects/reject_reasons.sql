{#- Every reason of the contract to refuse a delivered row, as text[] of code:column, or NULL. `more` are SQL expressions of a staging
    model's own, each a reason or NULL. dbt gives a unit test no graph, and so no contract: to find nothing to refuse there would
    let a test pass on rows that a load refuses. -#}
{% macro reject_reasons(source, alias='delivered', more=[]) %}
    {%- if not execute -%}
        {{- return('null::text[]') -}}
    {%- endif -%}
    {%- if model.resource_type == 'unit_test' -%}
        {%- do onerow.raise_if_any('reject_reasons', [
            "dbt gives a unit test no contract of source " ~ source ~ "; say what the test is to assume:"
            ~ " overrides: {macros: {onerow.reject_reasons: 'null::text[]'}}"
        ]) -%}
    {%- endif -%}
    {%- set contract = onerow.contract_of(source) -%}
    {%- set columns = [] -%}
    {%- for name in onerow.delivered_columns(contract) -%}
        {%- set column = contract.columns[name] -%}
        {%- set options = column.config.meta.get('onerow') or {} -%}
        {%- do columns.append({
            'name': name,
            'data_type': column.data_type,
            'required': options.get('required') or name in contract.config.meta.onerow.natural_key,
        }) -%}
    {%- endfor -%}
    {{- return(onerow.reasons_to_refuse(columns, alias, more)) -}}
{%- endmacro %}
