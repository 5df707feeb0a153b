{#- The oid of an existing relation. -#}
{% macro oid_of(relation) %}
    {{- return(run_query('select ' ~ onerow.literal(relation) ~ '::regclass::oid').columns[0].values()[0] | int) -}}
{% endmacro %}
