{#- The version of a row, in an order that no collation of the database changes. -#}
{% macro version_of(load, alias) %}
    {%- set column = load.columns | selectattr('name', 'equalto', load.version) | first -%}
    {{- return(onerow.in_order(column, alias ~ '.' ~ onerow.quoted(column.name))) -}}
{% endmacro %}
