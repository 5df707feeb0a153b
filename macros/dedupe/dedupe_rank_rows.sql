{#- Decide anew, among the rows that are now locked, which one of each key survives. A key counts only if all the rows of
    the list are there, or all its rows were looked up, and they have one key: else somebody holds or has changed one, and the next pass looks at the key again. -#}
{% macro dedupe_rank_rows(target, rule) %}
create temporary table onerow_dedupe_copies on commit drop as
select
    s._dedupe_key,
    s._dedupe_row_id,
    s._dedupe_place
from (
    select
        ranked.*,
        count(*) over w as _dedupe_found,
        max(ranked._dedupe_key_rank) over w as _dedupe_key_count
    from (
        select
            k._dedupe_key,
            k._dedupe_row_count,
            k._dedupe_row_id,
            dense_rank() over (partition by k._dedupe_key order by {{ onerow.quoted_list(target.key, 't') }}) as _dedupe_key_rank,
            row_number() over (partition by k._dedupe_key order by {{ onerow.dedupe_survivor_first(target, rule, 't') }}) as _dedupe_place
        from pg_temp.onerow_dedupe_locked as k
        inner join {{ target.relation }} as t on t.ctid = k._dedupe_row_id
    ) as ranked
    window w as (partition by ranked._dedupe_key)
) as s
where coalesce(s._dedupe_found = s._dedupe_row_count, true) and s._dedupe_key_count = 1
{% endmacro %}
