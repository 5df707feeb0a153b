{#- Rule: every key of the mart was delivered. Violations only. -#}
{% macro unexpected_keys(mart) %}
{%- if execute %}
select
    {{ onerow.literal(onerow.reconciled_mart(mart).id) }} as model,
    {{ onerow.compared_natural_key(mart) }} as natural_key,
    mart_rows
from ({{ onerow.compared_keys(mart) }}) as compared_keys
where is_unexpected
{%- endif %}
{%- endmacro %}
