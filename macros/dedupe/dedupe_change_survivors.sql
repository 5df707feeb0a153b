{#- Write the merged values into the survivors that they change, and keep those rows as they were and as they are now. -#}
{% macro dedupe_change_survivors(target, run) %}
    {%- set merged = target.merged_columns | map(attribute='name') | list -%}
    {%- set settings = [] -%}
    {%- for name in merged -%}
        {%- do settings.append(onerow.quoted(name) ~ ' = m.' ~ onerow.quoted(name)) -%}
    {%- endfor -%}
with differing as materialized (
    select m._dedupe_key, m._dedupe_row_id
    from pg_temp.onerow_dedupe_merged as m
    inner join {{ target.relation }} as t on t.ctid = m._dedupe_row_id
    where row({{ onerow.quoted_list(merged, 't') }})::text <> row({{ onerow.quoted_list(merged, 'm') }})::text
),

kept as (
    insert into {{ run.backup }} (_dedupe_step, _dedupe_key, _dedupe_kind, {{ onerow.quoted_list(target.given_columns) }})
    select {{ run.step }}, d._dedupe_key, 'before', {{ onerow.quoted_list(target.given_columns, 't') }}
    from differing as d
    inner join {{ target.relation }} as t on t.ctid = d._dedupe_row_id
),

changed as (
    update {{ target.relation }} as t
    set {{ settings | join(', ') }}
    from pg_temp.onerow_dedupe_merged as m
    inner join differing as d on d._dedupe_key = m._dedupe_key
    where t.ctid = m._dedupe_row_id
    returning m._dedupe_key as _dedupe_changed_key, {{ onerow.quoted_list(target.given_columns, 't') }}
),

written as (
    insert into {{ run.backup }} (_dedupe_step, _dedupe_key, _dedupe_kind, {{ onerow.quoted_list(target.given_columns) }})
    select {{ run.step }}, changed._dedupe_changed_key, 'after', {{ onerow.quoted_list(target.given_columns, 'changed') }}
    from changed
    returning _dedupe_no
)

select (select count(*) from differing) as differing, (select count(*) from written) as changed
{% endmacro %}
