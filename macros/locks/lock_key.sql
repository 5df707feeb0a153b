{#- SQL expression for the advisory lock of a relation, from an SQL expression for its name (database.schema.identifier). -#}
{% macro lock_key(name) %}
    {{- return("hashtextextended('onerow:' || " ~ name ~ ', 0)') -}}
{% endmacro %}
