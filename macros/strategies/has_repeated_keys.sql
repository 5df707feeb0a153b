{#- Whether some key occurs more than once among the incoming rows that may load. -#}
{% macro has_repeated_keys(load) %}
    {{- return(run_query(
        'select exists (select from ' ~ load.incoming ~ ' as i where not ' ~ onerow.is_rejected(load, 'i')
        ~ ' group by ' ~ onerow.quoted_list(load.key, 'i') ~ ' having count(*) > 1)'
    ).columns[0].values()[0]) -}}
{% endmacro %}
