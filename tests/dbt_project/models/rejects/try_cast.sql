select
    {{ onerow.try_cast('delivered_value', 'text') }} as as_text,
    {{ onerow.try_cast('delivered_value', 'integer') }} as as_integer,
    {{ onerow.try_cast('delivered_value', 'numeric') }} as as_numeric,
    {{ onerow.try_cast('delivered_value', 'boolean') }} as as_boolean,
    {{ onerow.try_cast('delivered_value', 'uuid') }} as as_uuid,
    {{ onerow.try_cast('delivered_value', 'jsonb') }} as as_jsonb,
    {{ onerow.try_cast('delivered_value', 'date') }} as as_date,
    {{ onerow.try_cast('delivered_value', 'timestamp') }} as as_timestamp,
    {{ onerow.try_cast('delivered_value', 'timestamptz') }} as as_timestamptz,
    {{ onerow.is_valid('delivered_value', 'timestamptz') }} as is_timestamptz
from {{ ref('delivered_values') }}
