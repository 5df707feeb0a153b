{#- Query: the keys that more than one row has, as the places of their rows. Two NULLs are one key, as in the unique index. -#}
{% macro dedupe_keys(target) -%}
select
    {{ onerow.dedupe_key_object(target, 't') }} as _dedupe_key_object,
    array_agg(t.ctid order by t.ctid) as _dedupe_row_ids
from {{ target.relation }} as t
group by {{ onerow.quoted_list(target.key, 't') }}
having count(*) > 1
{%- endmacro %}
