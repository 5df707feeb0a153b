{#- Whether the relation is there. dbt runs a test of several models as soon as one of them is selected, the others built or not. Always
    while parsing, so that its refs are found. -#}
{% macro is_built(relation) %}
    {{- return(not execute or load_relation(relation) is not none) -}}
{% endmacro %}
