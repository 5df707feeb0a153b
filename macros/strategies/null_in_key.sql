{#- Condition: some part of the row's key is NULL. -#}
{% macro null_in_key(load, alias) %}
    {%- set conditions = [] -%}
    {%- for column in load.key -%}
        {%- do conditions.append(alias ~ '.' ~ onerow.quoted(column) ~ ' is null') -%}
    {%- endfor -%}
    {{- return('(' ~ conditions | join(' or ') ~ ')') -}}
{% endmacro %}
