{#- Whether some incoming row is refused. -#}
{% macro has_rejected_rows(load) %}
    {{- return(load.has_rejects and run_query(
        'select exists (select from ' ~ load.incoming ~ ' as i where ' ~ onerow.is_rejected(load, 'i') ~ ')'
    ).columns[0].values()[0]) -}}
{% endmacro %}
