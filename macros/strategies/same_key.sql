{#- Join condition on the key, for rows in whose key just the `missing` columns are NULL: NULL equals NULL, as in the unique index, and
    each part of the condition can use it (`a = b or (a is null and b is null)` cannot, and is tried on every pair of rows). -#}
{% macro same_key(load, a, b, missing=[]) %}
    {%- set conditions = [] -%}
    {%- for column in load.key -%}
        {%- set left, right = a ~ '.' ~ onerow.quoted(column), b ~ '.' ~ onerow.quoted(column) -%}
        {%- do conditions.append(
            left ~ ' is null and ' ~ right ~ ' is null' if column in missing else left ~ ' = ' ~ right
        ) -%}
    {%- endfor -%}
    {{- return(conditions | join(' and ')) -}}
{% endmacro %}
