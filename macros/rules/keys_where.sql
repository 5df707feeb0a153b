{#- The natural keys of compared_keys that a condition picks, as a rule of keys returns them: the violations of that rule. -#}
{% macro keys_where(mart, condition, figures) %}
{%- if execute %}
select
    {{ onerow.literal(onerow.reconciled_mart(mart).id) }} as model,
    {{ onerow.compared_natural_key(mart) }} as natural_key,
    {{ figures | join(',\n    ') }}
from ({{ onerow.compared_keys(mart) }}) as compared_keys
where {{ condition }}
{%- endif %}
{%- endmacro %}
