{#- Begin a pass: list the places of the rows of every key that more than one row has, in the order of the table and in batches. A key
    of very many rows is cut in parts, which meet in the next pass; a merge needs them all at once. -#}
{% macro dedupe_list(target, rule, run) %}
drop table if exists {{ run.work_list }};

create table {{ run.work_list }} as
select
    parts._dedupe_key,
    parts._dedupe_key_object,
    parts._dedupe_is_first,
    parts._dedupe_row_ids,
    ((sum(cardinality(parts._dedupe_row_ids)) over (order by parts._dedupe_key) - 1) / {{ run.batch_rows }} + 1)::integer as _dedupe_batch
from (
    select
        row_number() over (order by part.row_ids[1]) as _dedupe_key,
        k._dedupe_key_object,
        part.row_ids as _dedupe_row_ids,
        part.is_first as _dedupe_is_first
    from ({{ onerow.dedupe_keys(target) }}) as k
    {%- if rule.name == 'merge' %}
    cross join lateral (select k._dedupe_row_ids, true) as part (row_ids, is_first)
    {%- else %}
    cross join lateral generate_series(1, cardinality(k._dedupe_row_ids), {{ run.batch_rows }}) as s (first_row)
    cross join lateral (
        select k._dedupe_row_ids[s.first_row:s.first_row + {{ run.batch_rows - 1 }}], s.first_row = 1
    ) as part (row_ids, is_first)
    {%- endif %}
) as parts;

create index on {{ run.work_list }} (_dedupe_batch);
analyze {{ run.work_list }};

select coalesce(sum(cardinality(l._dedupe_row_ids) - 1), 0)::bigint as surplus_rows from {{ run.work_list }} as l
{% endmacro %}
