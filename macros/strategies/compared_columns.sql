{#- The compared state of a row: its business columns and the version column. Never the key, nor what onerow adds. -#}
{% macro compared_columns(load) %}
    {{- return(load.columns | rejectattr('name', 'in', load.key + onerow.our_columns(load).keys() | list) | list) -}}
{% endmacro %}
