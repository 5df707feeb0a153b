{#- A name as a quoted identifier. adapter.quote leaves a quote inside the name as it is. -#}
{% macro quoted(name) %}
    {{- return('"' ~ (name | replace('"', '""')) ~ '"') -}}
{% endmacro %}
