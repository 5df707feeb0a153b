{#- Whether this run is one of `onerow plan`: it classifies what a load would take, and loads nothing. -#}
{% macro is_plan() %}
    {{- return(var('onerow_plan', none) is not none) -}}
{% endmacro %}
