select
    {{ onerow.surrogate_key(['site', 'device_id']) }} as key_of_texts,
    {{ onerow.surrogate_key(['device_id', 'site']) }} as key_of_texts_reordered,
    {{ onerow.surrogate_key(['site', 'device_id'], format='uuid') }} as key_as_uuid,
    {{ onerow.surrogate_key(['order', 'position']) }} as key_of_quoted_names,
    {{ onerow.surrogate_key({'device_id': "records.site || '-' || records.device_id"}) }} as key_of_an_expression,
    {{ onerow.surrogate_key(['amount', 'is_active', 'order_id', 'read_at', 'read_locally_at', 'read_on']) }} as key_of_types
from {{ ref('key_records') }} as records
