{#- Level schema of `onerow reconcile`, in the columns of key_figures: columns that are declared, and those that the mart has so; and
    those that are not as the last run recorded them. -#}
{% macro schema_figures(mart) %}
{%- if execute %}
{%- set declared = onerow.declared_columns(mart) | length %}
select
    'declared_columns' as figure,
    {{ declared }}::bigint as source_value,
    {{ declared }} - count(*) as destination_value,
    count(*) as violations,
    'columns_not_as_declared' as rule
from ({{ onerow.columns_not_as_declared(mart) }}) as violations

union all

select
    'changed_columns',
    null,
    count(*),
    count(*),
    'columns_changed'
from ({{ onerow.columns_changed(mart) }}) as violations

union all

select
    'added_columns',
    null,
    count(*),
    null,
    null
from ({{ onerow.column_changes(mart) }}) as changes
where changes.change = 'added'
{%- endif %}
{%- endmacro %}
