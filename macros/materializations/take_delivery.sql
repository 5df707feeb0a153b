{#- Claim what waits and gather its rows, checked and with what newer batches say: all of a load, and of a plan, that comes before a row
    meets the mart. Returns what the rest works with. -#}
{% macro take_delivery(options, sql, target_relation, existing, rebuild) %}
    {%- if options.source -%}
        {%- do onerow.claim_batches(
            onerow.relation_id(target_relation),
            none if rebuild else onerow.oid_of(existing),
            options.source,
            none if rebuild else options.max_batches,
        ) -%}
    {%- endif -%}

    {%- set load = onerow.gather(options, sql) -%}
    {%- if load.source -%}
        {%- do onerow.check_delivery(load) -%}
    {%- endif -%}
    {%- if load.window_column -%}
        {%- do onerow.set_aside_bad_windows(load) -%}
    {%- endif -%}
    {%- if load.source -%}
        {%- do onerow.set_aside_refused_batches(load) -%}
    {%- endif -%}
    {%- if load.window_column -%}
        {%- do onerow.cut_segments(load) -%}
    {%- endif -%}
    {%- if load.by_position and load.strategy != 'insert_new' -%}
        {%- do onerow.bring_in_newer(load, sql) -%}
    {%- endif -%}
    {%- do run_query('create temporary table ' ~ load.written ~ ' (batch_no bigint, outcome text, row_count bigint) on commit drop') -%}
    {{- return(load) -}}
{% endmacro %}
