{#- Query: what a merge makes of each key: one row a key, each field the newest value that is not NULL. `copies` names a relation of
    (_dedupe_key, _dedupe_row_id, _dedupe_place). Columns of the key, of the row's lineage, and those that no update may set are the survivor's own. -#}
{% macro dedupe_merged(target, copies) %}
    {%- set order = (onerow.dedupe_version(target, 't') ~ ' desc nulls last, ') -%}
select
    c._dedupe_key,
    min(c._dedupe_row_id) filter (where c._dedupe_place = 1) as _dedupe_row_id
    {%- for column in target.merged_columns %},
    ((array_agg(t.* order by {{ order }}{{ onerow.content([column], 't') }} desc) filter (where t.{{ onerow.quoted(column.name) }} is not null))[1]).{{ onerow.quoted(column.name) }}
    {%- endfor %}
from {{ copies }} as c
inner join {{ target.relation }} as t on t.ctid = c._dedupe_row_id
group by c._dedupe_key
{%- endmacro %}
