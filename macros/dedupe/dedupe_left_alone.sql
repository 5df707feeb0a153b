{#- Query: how many survivors an undo has left alone, because they had been changed since, and the first of their keys. -#}
{% macro dedupe_left_alone(target, run, limit) %}
select
    count(*) as row_count,
    coalesce((array_agg({{ onerow.dedupe_key_object(target, 'a') }} order by a._dedupe_no))[1:{{ limit }}], '{}') as keys
from {{ run.backup }} as a
where a._dedupe_was_changed
{% endmacro %}
