{#- Lock the rows of the run's next batch, as they are now, and nothing else of the table. They are looked up by their places, and rows
    that somebody holds are passed over. If it `waits`, it waits for them instead and looks rows up by their key, since a row that is
    written all the time is never where the list has it. Without an index on the key, that reads the whole table. -#}
{% macro dedupe_lock_rows(target, run, waits) %}
    {%- set next_batch -%}
    (
        select min(n._dedupe_batch)
        from {{ run.work_list }} as n
        where n._dedupe_batch > (select d.done_batch from {{ run.ledger }} as d where d.run_no = {{ run.run_no }})
    )
    {%- endset -%}
{%- if waits %}
    {%- set pairs = [] -%}
    {%- for column in target.key -%}
        {%- do pairs.append('t.' ~ onerow.quoted(column) ~ ' = w.' ~ onerow.quoted(column)) -%}
    {%- endfor %}
create temporary table onerow_dedupe_wanted on commit drop as
select
    l._dedupe_key,
    l._dedupe_key_object,
    {{ onerow.quoted_list(target.key, 'k') }}
from {{ run.work_list }} as l
cross join lateral jsonb_populate_record(null::{{ target.relation }}, l._dedupe_key_object) as k
where l._dedupe_batch = {{ next_batch }} and l._dedupe_is_first;

analyze onerow_dedupe_wanted;

-- Whole keys, for which an index on the key can be used.
create temporary table onerow_dedupe_locked on commit drop as
select
    w._dedupe_key,
    null::integer as _dedupe_row_count,
    t.ctid as _dedupe_row_id
from pg_temp.onerow_dedupe_wanted as w
inner join {{ target.relation }} as t on {{ pairs | join(' and ') }}
for update of t;

insert into pg_temp.onerow_dedupe_locked
select
    w._dedupe_key,
    null,
    t.ctid
from pg_temp.onerow_dedupe_wanted as w
inner join {{ target.relation }} as t on {{ onerow.dedupe_key_object(target, 't') }} = w._dedupe_key_object
where {{ onerow.null_in_key(target, 'w') }}
for update of t;

set local enable_hashjoin = off;
set local enable_mergejoin = off
{%- else %}
-- Joins must go by the rows' places: anything else reads the whole table.
set local enable_hashjoin = off;
set local enable_mergejoin = off;

create temporary table onerow_dedupe_locked on commit drop as
select
    l._dedupe_key,
    cardinality(l._dedupe_row_ids) as _dedupe_row_count,
    t.ctid as _dedupe_row_id
from {{ run.work_list }} as l
cross join lateral unnest(l._dedupe_row_ids) as r (_dedupe_row_id)
inner join {{ target.relation }} as t on t.ctid = r._dedupe_row_id
where l._dedupe_batch = {{ next_batch }}
for update of t skip locked
{%- endif %}
{% endmacro %}
