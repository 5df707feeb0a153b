{#- An expression of a column's type, in an order that no collation of the database changes. -#}
{% macro in_order(column, expression) %}
    {{- return('(' ~ expression ~ ' collate "C")' if column.dtype in ('text', 'character varying', 'character') else expression) -}}
{% endmacro %}
