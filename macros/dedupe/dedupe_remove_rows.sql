{#- Keep a copy of every surplus row of the batch, then delete them: the statements, whose counts must agree. -#}
{% macro dedupe_remove_rows(target, run) %}
with kept as (
    insert into {{ run.backup }} (_dedupe_step, _dedupe_key, _dedupe_kind, {{ onerow.quoted_list(target.given_columns) }})
    select {{ run.step }}, c._dedupe_key, 'removed', {{ onerow.quoted_list(target.given_columns, 't') }}
    from pg_temp.onerow_dedupe_copies as c
    inner join {{ target.relation }} as t on t.ctid = c._dedupe_row_id
    where c._dedupe_place > 1
    order by c._dedupe_key, c._dedupe_place
    returning _dedupe_no
),

removed as (
    delete from {{ target.relation }} as t
    using pg_temp.onerow_dedupe_copies as c
    where t.ctid = c._dedupe_row_id and c._dedupe_place > 1
    returning c._dedupe_key
)

select (select count(*) from kept) as kept, (select count(*) from removed) as removed
{% endmacro %}
