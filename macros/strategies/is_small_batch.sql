{#- Whether it costs less to look the incoming rows up by the index, one by one, than to read the whole mart once. A
    lookup takes about as long as twenty rows of a scan. Without statistics of the mart PostgreSQL decides. -#}
{% macro is_small_batch(into, load) %}
    {%- set rows_per_lookup = 20 -%}
    {{- return(run_query(
        'select c.reltuples > ' ~ load.row_count * rows_per_lookup
        ~ ' from pg_class as c where c.oid = ' ~ onerow.literal(into) ~ '::regclass'
    ).columns[0].values()[0]) -}}
{% endmacro %}
