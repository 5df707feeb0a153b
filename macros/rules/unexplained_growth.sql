{#- Rule: neither a mart nor a window of it has grown by more than its source. What closes an earlier gap is explained: where there are
    no more rows than were delivered is no violation. Violations only; window_start is NULL for the mart as a whole. -#}
{% macro unexplained_growth(mart) %}
{%- if execute %}
select
    {{ onerow.literal(onerow.reconciled_mart(mart).id) }} as model,
    growth.window_start,
    growth.reconciled_at,
    growth.source_rows_then,
    growth.source_rows,
    growth.mart_rows_then,
    growth.mart_rows
from ({{ onerow.growth_since(mart) }}) as growth
where growth.mart_rows > growth.mart_rows_then
    and growth.mart_rows - growth.mart_rows_then > growth.source_rows - growth.source_rows_then
    and growth.mart_rows > growth.source_rows
    and not {{ onerow.is_excepted(mart, 'unexplained_growth', onerow.window_key('growth.window_start')) | indent(4) }}
{%- endif %}
{%- endmacro %}
