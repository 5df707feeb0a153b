{%- set contract = [
    {'name': 'parcel_id', 'data_type': 'text', 'required': true},
    {'name': 'weight', 'data_type': 'numeric', 'required': false},
    {'name': 'status', 'data_type': 'text', 'required': false},
    {'name': 'scanned_at', 'data_type': 'timestamptz', 'required': true},
] -%}
select
    {{
        onerow.reasons_to_refuse(contract, 'delivered', [onerow.reject_unknown('status', ref('known_statuses'))])
    }} as _reject_reasons
from {{ ref('delivered_parcels') }} as delivered
