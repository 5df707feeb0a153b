{#- Rule: for each batch of a mart, what was recorded of its rows equals what can be counted. Violations only. -#}
{% macro rows_not_accounted_for(mart) %}
{%- if execute %}
select
    {{ onerow.literal(onerow.reconciled_mart(mart).id) }} as model,
    accounts.batch_no,
    accounts.figure,
    accounts.counted,
    accounts.recorded
from ({{ onerow.accounts(mart) }}) as accounts
where accounts.counted is distinct from accounts.recorded
    and not {{ onerow.is_excepted_account(mart) | indent(4) }}
{%- endif %}
{%- endmacro %}
