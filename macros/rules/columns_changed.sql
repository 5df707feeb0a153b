{#- Rule: no column of a mart has gone, or is of another type, since `onerow reconcile` last looked. A new column is no violation.
    Violations only. -#}
{% macro columns_changed(mart) %}
{%- if execute %}
select
    {{ onerow.literal(onerow.reconciled_mart(mart).id) }} as model,
    changes.column_name,
    changes.change,
    changes.type_then,
    changes.type_now,
    changes.recorded_at
from ({{ onerow.column_changes(mart) }}) as changes
where changes.change <> 'added'
{%- endif %}
{%- endmacro %}
