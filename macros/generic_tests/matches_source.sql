{#- Generic test of a mart with meta.onerow.source: the keys that loaded batches delivered and the keys of the mart are the same. -#}
{% test matches_source(model) %}
{%- if execute %}
select
    'missing in the mart' as difference,
    missing_keys.natural_key
from ({{ onerow.missing_keys(model) }}) as missing_keys

union all

select
    'never delivered' as difference,
    unexpected_keys.natural_key
from ({{ onerow.unexpected_keys(model) }}) as unexpected_keys
{%- endif %}
{% endtest %}
