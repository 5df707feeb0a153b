{#- Rule: every key that a loaded batch delivered, and that was not refused, is in the mart. Violations only. -#}
{% macro missing_keys(mart) %}
{%- if execute %}
select
    {{ onerow.literal(onerow.reconciled_mart(mart).id) }} as model,
    {{ onerow.compared_natural_key(mart) }} as natural_key,
    delivered_rows,
    newest_batch_no
from ({{ onerow.compared_keys(mart) }}) as compared_keys
where is_missing
{%- endif %}
{%- endmacro %}
