{#- The version of one field of a row: the row's own, unless `_field_versions` remembers an older one. -#}
{% macro field_version(load, column, alias) %}
    {%- set version = load.columns | selectattr('name', 'equalto', load.version) | first -%}
    {%- set remembered = alias ~ '._field_versions' -%}
    {%- set name = onerow.literal(column.name) -%}
    {{- return(onerow.in_order(version,
        '(case when ' ~ remembered ~ ' ? ' ~ name ~ ' then (' ~ remembered ~ ' ->> ' ~ name ~ ')::' ~ version.dtype
        ~ ' else ' ~ alias ~ '.' ~ onerow.quoted(version.name) ~ ' end)'
    )) -}}
{% endmacro %}
