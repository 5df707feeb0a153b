{#- Condition: just the `missing` columns of the row's key are NULL. -#}
{% macro lacks_just(load, alias, missing) %}
    {%- set conditions = [] -%}
    {%- for column in load.key -%}
        {%- do conditions.append(alias ~ '.' ~ onerow.quoted(column) ~ (' is null' if column in missing else ' is not null')) -%}
    {%- endfor -%}
    {{- return(conditions | join(' and ')) -}}
{% endmacro %}
