select
    {{ onerow.window_of('instants.read_at', 'hour') }} as hour_of_instant,
    {{ onerow.window_of('instants.read_at', 'day') }} as day_of_instant,
    {{ onerow.window_of('instants.read_at', 'week') }} as week_of_instant,
    {{ onerow.window_of('instants.read_at', 'month') }} as month_of_instant,
    {{ onerow.window_of('instants.read_locally_at', 'day') }} as day_of_timestamp,
    {{ onerow.window_of('instants.read_on', 'week') }} as week_of_date
from {{ ref('instants') }} as instants
