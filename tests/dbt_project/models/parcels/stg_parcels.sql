select
    delivered.parcel_id,
    {{ onerow.try_cast('delivered.weight', 'numeric') }} as weight,
    delivered.status,
    {{ onerow.try_cast('delivered.scanned_at', 'timestamptz') }} as scanned_at,
    delivered._batch_no,
    delivered._line_number,
    {{
        onerow.reject_reasons('parcels', more=[onerow.reject_unknown('status', ref('parcel_statuses'))])
    }} as _reject_reasons
from {{ source('landing', 'parcels') }} as delivered
