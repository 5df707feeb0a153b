{#- Rule: no part of a natural key is NULL: neither in the mart, nor in a delivered row that was loaded and not refused.
    Violations only. -#}
{% macro null_keys(mart) %}
{%- if execute %}
select
    {{ onerow.literal(onerow.reconciled_mart(mart).id) }} as model,
    {{ onerow.compared_natural_key(mart) }} as natural_key,
    delivered_rows,
    mart_rows,
    newest_batch_no
from ({{ onerow.compared_keys(mart) }}) as compared_keys
where is_null
{%- endif %}
{%- endmacro %}
