{#- Condition: row a's value of a field wins over row b's: it is there, and its (version, value) is the greater. -#}
{% macro field_wins(load, column, a, b) %}
    {%- set version_a = onerow.field_version(load, column, a) -%}
    {%- set version_b = onerow.field_version(load, column, b) -%}
    {{- return(
        '(' ~ a ~ '.' ~ onerow.quoted(column.name) ~ ' is not null and (' ~ b ~ '.' ~ onerow.quoted(column.name) ~ ' is null or ' ~ onerow.exceeds(version_a, version_b)
        ~ ' or (' ~ version_a ~ ' is not distinct from ' ~ version_b
        ~ ' and ' ~ onerow.content([column], a) ~ ' > ' ~ onerow.content([column], b) ~ ')))'
    ) -}}
{% endmacro %}
