{#- The plan of a load that has written all rows without one: empty if they have all come back, else every row as wanted written. -#}
{% macro plan_written(into, load) %}
    {%- set written_rows = run_query('select coalesce(sum(w.row_count), 0) from ' ~ load.written ~ ' as w').columns[0].values()[0] | int -%}
    {%- if written_rows < load.row_count -%}
        {%- do onerow.plan_rows(into, load, look=false, is_repeated=false) -%}
    {%- else -%}
        {%- do run_query('create temporary table ' ~ load.plan ~ ' (row_id tid, batch_no bigint, outcome text) on commit drop') -%}
    {%- endif -%}
{% endmacro %}
