{#- Whether a load makes the mart anew: there is none yet, something else stands under its name, or a full refresh is asked for. -#}
{% macro is_rebuild(existing) %}
    {{- return(existing is none or existing.type != 'table' or should_full_refresh()) -}}
{% endmacro %}
