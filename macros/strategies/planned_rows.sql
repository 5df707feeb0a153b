{#- How many rows the plan wants written. -#}
{% macro planned_rows(load) %}
    {{- return(run_query(
        'select count(*) from ' ~ load.plan ~ " where outcome in ('new', 'modified')"
    ).columns[0].values()[0] | int) -}}
{% endmacro %}
