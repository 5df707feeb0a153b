{#- Write what the plan says is new or modified, in key order (opposite orders of two writers deadlock). What a foreign writer has
    put there since the plan meets the same guard; only what comes back from the database counts as written. `whole` says that
    the plan wants every incoming row written, so that there is no need to join it. -#}
{% macro upsert_rows(into, load, is_empty, whole) %}
    {%- set names = load.columns | map(attribute='name') | list -%}
    {%- set may_change = load.strategy != 'insert_new' and names | reject('in', load.key) | list -%}
with written as (
    insert into {{ into }} as t ({{ onerow.quoted_list(names) }})
    select {{ onerow.quoted_list(names, 'i') }}
    {%- if whole %}
    from {{ load.incoming }} as i
    {%- else %}
    from {{ load.plan }} as p
    inner join {{ load.incoming }} as i on i.ctid = p.row_id
    where p.outcome in ('new', 'modified')
    {%- endif %}
    order by {{ onerow.quoted_list(load.key, 'i') }}
    {%- if not is_empty %}
    on conflict ({{ onerow.quoted_list(load.key) }}) {{ 'do update set' if may_change else 'do nothing' }}
    {%- if may_change %}
        {%- for name, value in onerow.written_values(load, 'excluded').items() %}
        {{ onerow.quoted(name) }} = {{ value }}{{ ',' if not loop.last }}
        {%- endfor %}
    where not {{ onerow.same_state(load, 'excluded', 't') }} and ({{ onerow.is_newer(load, 'excluded', 't') }}
        {%- if load.window_column %} or {{ onerow.is_fresh(load, 'excluded') }}{% endif %})
    {%- endif %}
    {%- endif %}
    returning {{ 't._batch_no' if load.source else 'null::bigint' }} as batch_no, t.xmax = 0 as is_inserted
)

insert into {{ load.written }} (batch_no, outcome, row_count)
select w.batch_no, case when w.is_inserted then 'new' else 'modified' end, count(*)
from written as w
group by 1, 2
{% endmacro %}
