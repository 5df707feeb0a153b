{#- Rule: a mart has not grown by more than its source since the last time that `onerow reconcile` found both sides equal; where it never
    did, since its last run. What closes an earlier gap is explained: a mart that holds no more than was delivered is no violation.
    Violations only. -#}
{% macro unexplained_growth(mart) %}
{%- if execute %}
{%- set id = onerow.reconciled_mart(mart).id %}
select
    {{ onerow.literal(id) }} as model,
    earlier.reconciled_at,
    earlier.source_value::bigint as source_rows_then,
    present.source_value::bigint as source_rows,
    earlier.destination_value::bigint as mart_rows_then,
    present.destination_value::bigint as mart_rows
from (
    select reconciliations.*
    from {{ onerow.ledger('reconciliations') }} as reconciliations
    where reconciliations.model = {{ onerow.literal(id) }}
        and reconciliations.check_name = 'counts'
        and reconciliations.figure = 'rows'
        and reconciliations.window_start is null
    order by reconciliations.status = 'ok' desc, reconciliations.reconciled_at desc
    limit 1
) as earlier
cross join ({{ onerow.key_figures(mart) }}) as present
where present.figure = 'rows'
    and present.destination_value > earlier.destination_value
    and present.destination_value - earlier.destination_value > present.source_value - earlier.source_value
    and present.destination_value > present.source_value
{%- endif %}
{%- endmacro %}
