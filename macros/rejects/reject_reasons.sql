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
    {%- set options = contract.config.meta.onerow -%}
    {%- set columns = [] -%}
    {%- for name in onerow.delivered_columns(contract) -%}
        {%- set column = contract.columns[name] -%}
        {%- set rules = (column.config.meta.get('onerow') or {}).copy() -%}
        {%- do rules.update({
            'name': name,
            'data_type': column.data_type,
            'required': rules.get('required') or name in options.natural_key,
        }) -%}
        {%- do columns.append(rules) -%}
    {%- endfor -%}
    {%- do onerow.raise_if_any(
        'source ' ~ source,
        onerow.rule_problems(columns, options) + onerow.strict_problems(options) + onerow.value_problems(columns)
    ) -%}
    {{- return(onerow.reasons_to_refuse(columns, alias, more, options.natural_key, options.get('unique_in_batch'))) -}}
{%- endmacro %}
