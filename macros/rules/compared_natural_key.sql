{#- The natural key of a row of compared_keys as a JSON object, as dead letters have it. -#}
{% macro compared_natural_key(mart) %}
    {%- set members = [] -%}
    {%- for column in onerow.reconciled_mart(mart).key -%}
        {%- do members.append(onerow.literal(column.name) ~ ', key_' ~ loop.index) -%}
    {%- endfor -%}
    {{- return('jsonb_build_object(' ~ members | join(', ') ~ ')') -}}
{% endmacro %}
