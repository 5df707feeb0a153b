{#- Take the merge of one step back: survivors that are as the merge has written them become what they were; others are left alone and
    marked. Returns how many, and whether each was one row. `missing` are the key columns that are NULL in the rows this statement is for: it can then use an index on the key. -#}
{% macro dedupe_restore_survivors(target, run, step, missing) %}
    {%- set free = target.free_columns -%}
    {%- set settings = [] -%}
    {%- for name in free -%}
        {%- do settings.append(onerow.quoted(name) ~ ' = b.' ~ onerow.quoted(name)) -%}
    {%- endfor -%}
    {%- set is_missing = [] -%}
    {%- for name in target.key -%}
        {%- do is_missing.append('a.' ~ onerow.quoted(name) ~ ' is ' ~ ('' if name in missing else 'not ') ~ 'null') -%}
    {%- endfor -%}
with restored as (
    update {{ target.relation }} as t
    set {{ settings | join(', ') }}
    from {{ run.backup }} as a
    inner join {{ run.backup }} as b
        on b._dedupe_step = a._dedupe_step and b._dedupe_key = a._dedupe_key and b._dedupe_kind = 'before'
    where a._dedupe_step = {{ step }} and a._dedupe_kind = 'after' and {{ is_missing | join(' and ') }}
        and {{ onerow.same_key(target, 't', 'a', missing) }}
        and {{ onerow.dedupe_text(target, 't') }} = {{ onerow.dedupe_text(target, 'a') }}
    returning a._dedupe_no
),

left_alone as (
    update {{ run.backup }} as a
    set _dedupe_was_changed = true
    where a._dedupe_step = {{ step }} and a._dedupe_kind = 'after' and {{ is_missing | join(' and ') }}
        and a._dedupe_no not in (select restored._dedupe_no from restored)
)

select
    count(*) as row_count,
    count(distinct restored._dedupe_no) = count(*) as is_exact
from restored
{% endmacro %}
