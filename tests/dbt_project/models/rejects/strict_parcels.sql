{%- set contract = [
    {'name': 'parcel_id', 'data_type': 'text', 'required': true, 'pattern': "^P-\\d+('s)?$"},
    {'name': 'leg', 'data_type': 'integer', 'required': true, 'accepted_values': [1, 2, 3]},
    {'name': 'weight', 'data_type': 'numeric', 'required': false, 'range': {'min': 0.1, 'max': 30}},
    {'name': 'status', 'data_type': 'text', 'required': false, 'accepted_values': ['scanned', "driver's"], 'pattern': "^[a-z']+$"},
    {'name': 'scanned_at', 'data_type': 'timestamptz', 'required': false, 'range': {'min': '2026-05-01'}},
] -%}
{%- set key = ['parcel_id', 'leg'] -%}
select
    {{ onerow.reasons_to_refuse(contract, 'delivered', []) }} as _reject_reasons,
    {%- for keep in ['first', 'last', 'reject_all'] %}
    {{ onerow.is_repeated_in_batch(contract, 'delivered', key, keep) }} as is_refused_by_{{ keep }},
    {%- endfor %}
    {{ onerow.reasons_to_refuse(contract, 'delivered', ["'more'"], key, 'first') }} as reasons_of_strict_batches
from {{ ref('delivered_strict_parcels') }} as delivered
