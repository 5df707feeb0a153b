{#- Rule: the columns of meta.onerow.reconcile.compare hold what the newest delivered row of their key holds. One row a value that does
    not. Violations only; nothing where no columns are named, or where they are compared with a source of their own. -#}
{% macro modified_rows(mart) %}
{%- if execute %}
{%- set facts = onerow.reconciled_mart(mart) %}
select
    {{ onerow.literal(facts.id) }} as model,
    {{ onerow.compared_natural_key(mart) }} as natural_key,
    changes.column_name,
    changes.source_value,
    changes.mart_value,
    compared_values._batch_no as batch_no
{%- if facts.compared %}
from ({{ onerow.compared_values(mart) }}) as compared_values
cross join lateral (
    values
    {%- for column in facts.compared %}
    ({{ onerow.literal(column.name) }}, value_{{ loop.index }}::text, present_{{ loop.index }}, is_unequal_{{ loop.index }})
    {%- if not loop.last %},{% endif %}
    {%- endfor %}
) as changes (column_name, source_value, mart_value, is_change)
where changes.is_change
{%- else %}
from (
    select
        {%- for column in facts.key %}
        null::{{ column.data_type }} as key_{{ loop.index }},
        {%- endfor %}
        null::bigint as _batch_no
) as compared_values
cross join (values (null, null, null)) as changes (column_name, source_value, mart_value)
where false
{%- endif %}
{%- endif %}
{%- endmacro %}
