{#- How deliveries of the mart's source differ from its contract as it is now: recorded changes, without columns that the contract has
    taken in or given up since. They inform, and are no violation. -#}
{% macro schema_changes(mart) %}
{%- if execute %}
{%- set facts = onerow.reconciled_mart(mart) -%}
{%- set known = onerow.delivered_columns(onerow.contract_of(facts.source)) -%}
{%- set names = [] -%}
{%- for name in known -%}
    {%- do names.append(onerow.literal(name)) -%}
{%- endfor %}
select
    changes.column_name,
    changes.change,
    changes.batch_no,
    changes.action,
    changes.seen_at
from {{ onerow.ledger('schema_changes') }} as changes
where
    changes.source = {{ onerow.literal(facts.source) }}
    and (changes.change = 'added') = (changes.column_name not in ({{ names | join(', ') }}))
order by changes.batch_no, changes.column_name, changes.change
{%- endif %}
{%- endmacro %}
