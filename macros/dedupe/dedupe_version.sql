{#- The version of a row, in an order that no collation of the database changes. -#}
{% macro dedupe_version(target, alias) %}
    {%- set column = target.columns | selectattr('name', 'equalto', target.version) | first -%}
    {{- return(onerow.in_order(column, alias ~ '.' ~ onerow.quoted(column.name))) -}}
{% endmacro %}
