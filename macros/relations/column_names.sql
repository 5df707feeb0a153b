{#- Names of a relation's columns, in their order. -#}
{% macro column_names(relation) %}
    {{- return(onerow.postgres__get_columns_in_relation(relation) | map(attribute='name') | list) -}}
{% endmacro %}
