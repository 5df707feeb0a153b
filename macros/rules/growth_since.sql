{#- How a mart and its source have grown since the last time that `onerow reconcile` found both sides equal; where it never did, since
    its last run. One row for the mart as a whole, of which window_start is NULL, and one a window that was recorded then. -#}
{% macro growth_since(mart) %}
{%- set facts = onerow.reconciled_mart(mart) %}
select
    earlier.window_start,
    earlier.reconciled_at,
    coalesce(earlier.source_value, 0)::bigint as source_rows_then,
    coalesce(present.source_value, 0)::bigint as source_rows,
    coalesce(earlier.destination_value, 0)::bigint as mart_rows_then,
    coalesce(present.destination_value, 0)::bigint as mart_rows
from (
    select distinct on (reconciliations.window_start) reconciliations.*
    from {{ onerow.ledger('reconciliations') }} as reconciliations
    where reconciliations.model = {{ onerow.literal(facts.id) }}
        and reconciliations.check_name = 'counts'
        and reconciliations.figure = 'rows'
    order by
        reconciliations.window_start,
        reconciliations.status = 'ok' desc,
        reconciliations.reconciled_at desc
) as earlier
inner join (
    select
        null::timestamptz as window_start,
        figures.source_value,
        figures.destination_value
    from ({{ onerow.key_figures(mart) }}) as figures
    where figures.figure = 'rows'
    {%- if facts.window %}

    union all

    select
        figures.window_start,
        figures.source_value,
        figures.destination_value
    from ({{ onerow.window_figures(mart) }}) as figures
    where figures.figure = 'rows'
    {%- endif %}
) as present
    on present.window_start is not distinct from earlier.window_start
{%- endmacro %}
