{#- Put the rows back that one step has removed. Returns how many, and whether the table now holds them exactly as they were. -#}
{% macro dedupe_put_back(target, run, step) %}
with removed as materialized (
    select b.*
    from {{ run.backup }} as b
    where b._dedupe_step = {{ step }} and b._dedupe_kind = 'removed'
),

put as (
    insert into {{ target.relation }} as t ({{ onerow.quoted_list(target.given_columns) }})
    overriding system value
    select {{ onerow.quoted_list(target.given_columns, 'removed') }}
    from removed
    order by removed._dedupe_no
    returning {{ onerow.dedupe_text(target, 't') }} as _dedupe_text
),

digests as (
    select
        (select row(count(*), sum(hashtextextended(put._dedupe_text, 0))) from put) as of_put,
        (select row(count(*), sum(hashtextextended({{ onerow.dedupe_text(target, 'removed') }}, 0))) from removed) as of_removed
)

select
    (select count(*) from removed) as row_count,
    digests.of_put = digests.of_removed as is_exact
from digests
{% endmacro %}
