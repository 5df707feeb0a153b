{#- What a load does after it has planned, so far as it decides an outcome: rows with a NULL in their key are looked up, and what is to
    be written counts as written. -#}
{% macro settle_plan(into, load) %}
    {%- set found = run_query(
        'select count(*) as row_count, count(*) filter (where p.outcome is null) as open_rows from ' ~ load.plan ~ ' as p'
    ).rows[0] -%}
    {%- if found['row_count'] != load.row_count -%}
        {%- do onerow.raise_if_any('model ' ~ model.name, [
            onerow.relation_id(this) ~ ' holds keys with more than one row, at which the load will stop and name them; see one_row_per_key'
        ]) -%}
    {%- endif -%}
    {%- if found['open_rows'] -%}
        {%- do onerow.reopen_rows(into, load) -%}
    {%- endif -%}
    {%- do run_query(
        'insert into ' ~ load.written ~ ' select p.batch_no, p.outcome, count(*) from ' ~ load.plan ~ ' as p'
        ~ " where p.outcome in ('new', 'modified') group by p.batch_no, p.outcome"
    ) -%}
{% endmacro %}
