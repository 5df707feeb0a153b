{#- Rule: each key is one row of the mart. Violations only. -#}
{% macro duplicate_keys(mart) %}
{%- if execute %}
select
    {{ onerow.literal(onerow.reconciled_mart(mart).id) }} as model,
    {{ onerow.compared_natural_key(mart) }} as natural_key,
    mart_rows
from ({{ onerow.compared_keys(mart) }}) as compared_keys
where is_duplicate
{%- endif %}
{%- endmacro %}
