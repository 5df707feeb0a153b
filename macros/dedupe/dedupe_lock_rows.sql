{#- Lock the rows of the run's next batch, as they are now, and nothing else of the table. Rows that somebody holds are passed over,
    unless `waits`. Joins must go by the rows' places: anything else reads the whole table. -#}
{% macro dedupe_lock_rows(target, run, waits) %}
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
where l._dedupe_batch = (
    select min(n._dedupe_batch)
    from {{ run.work_list }} as n
    where n._dedupe_batch > (select d.done_batch from {{ run.ledger }} as d where d.run_no = {{ run.run_no }})
)
order by l._dedupe_key, r._dedupe_row_id
for update of t{{ '' if waits else ' skip locked' }}
{% endmacro %}
