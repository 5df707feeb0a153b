{#- The columns that a merge decides one by one: the compared ones without the version. -#}
{% macro field_columns(load) %}
    {{- return(onerow.compared_columns(load) | rejectattr('name', 'equalto', load.version) | list) -}}
{% endmacro %}
