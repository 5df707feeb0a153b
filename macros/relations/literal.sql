{#- A text value as an SQL literal. -#}
{% macro literal(value) %}
    {{- return("'" ~ (value | string | replace("'", "''")) ~ "'") -}}
{% endmacro %}
