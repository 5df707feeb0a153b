{#- A column as an expression that has equality, by value: json has none, so it is compared as jsonb. Text is compared as it is written
    and not as its collation has it: else a change of case would not be written where case does not matter to the column. -#}
{% macro comparable(alias, column) %}
    {%- set expression = alias ~ '.' ~ onerow.quoted(column.name) -%}
    {%- if column.dtype in ('json', 'json[]') -%}
        {{- return(expression ~ column.dtype | replace('json', '::jsonb')) -}}
    {%- elif column.dtype in ('citext', 'xml', 'point', 'polygon', 'path', 'box', 'circle', 'line', 'lseg') -%}
        {{- return(expression ~ '::text') -}}
    {%- endif -%}
    {{- return(onerow.in_order(column, expression)) -}}
{% endmacro %}
