{#- Level counts of `onerow reconcile`: both sides of a mart in figures, from one pass over them. `violations` is how many rows
    `rule` returns for the figure, NULL where the figure only informs; a side without such a figure is NULL. Sums that differ by no more
    than `tolerance` are no violation; keys that are missing or unexpected always are. -#}
{% macro key_figures(mart) %}
{%- if execute %}
{%- set delivered = 'not has_null and (delivered_rows > 0 or (waiting_rows > 0 and mart_rows > 0))' -%}
{#- What may still be on its way counts, and is no violation. -#}
{%- set settled = 'not is_recent' if onerow.reconciled_mart(mart).minimum_age else 'true' -%}
{%- set tolerated = onerow.tolerated_rows(onerow.reconciled_mart(mart).counts_tolerance, 'totals.source_keys') %}
select
    figures.figure,
    figures.source_value,
    figures.destination_value,
    case when figures.violations <= figures.tolerance then 0 else figures.violations end as violations,
    figures.rule,
    figures.tolerance
from (
    select
        coalesce(sum(delivered_rows), 0) as delivered_rows,
        count(*) filter (where not has_null and delivered_rows > 1) as repeated_keys,
        coalesce(sum(refused_rows), 0) as refused_rows,
        coalesce(sum(waiting_rows), 0) as waiting_rows,
        count(*) filter (where is_waiting) as waiting_keys,
        coalesce(sum(mart_rows), 0) as mart_rows,
        -- A key that the mart has already from a batch that it has still to load counts on both sides.
        count(*) filter (where {{ delivered }}) as source_keys,
        count(*) filter (where not has_null and mart_rows > 0) as mart_keys,
        count(*) filter (where {{ delivered }} and {{ settled }}) as settled_source_keys,
        count(*) filter (where not has_null and mart_rows > 0 and {{ settled }}) as settled_mart_keys,
        coalesce(sum(mart_rows) filter (where {{ settled }}), 0) as settled_mart_rows,
        count(*) filter (where is_missing) as missing_keys,
        count(*) filter (where is_unexpected) as unexpected_keys,
        count(*) filter (where is_duplicate) as duplicate_keys,
        count(*) filter (where is_null) as null_keys,
        coalesce(sum(delivered_rows) filter (where is_null), 0) as delivered_null_rows,
        coalesce(sum(mart_rows) filter (where is_null), 0) as mart_null_rows
    from ({{ onerow.compared_keys(mart) }}) as compared_keys
) as totals
cross join lateral (
    values
    ('delivered_rows', totals.delivered_rows, null, null, null, null::bigint),
    ('repeated_keys', totals.repeated_keys, null, null, null, null),
    ('refused_rows', totals.refused_rows, null, null, null, null),
    ('waiting_rows', totals.waiting_rows, null, null, null, null),
    ('waiting_keys', totals.waiting_keys, null, null, null, null),
    (
        'rows',
        totals.source_keys,
        totals.mart_rows,
        {{ 'null' if onerow.reconciled_mart(mart).fan_out > 1 else 'abs(totals.settled_mart_rows - totals.settled_source_keys)' }},
        null,
        {{ tolerated }}
    ),
    (
        'keys',
        totals.source_keys,
        totals.mart_keys,
        abs(totals.settled_mart_keys - totals.settled_source_keys),
        null,
        {{ tolerated }}
    ),
    ('missing_keys', totals.missing_keys, null, totals.missing_keys, 'missing_keys', null),
    ('unexpected_keys', null, totals.unexpected_keys, totals.unexpected_keys, 'unexpected_keys', null),
    ('duplicate_keys', null, totals.duplicate_keys, totals.duplicate_keys, 'duplicate_keys', null),
    ('null_keys', totals.delivered_null_rows, totals.mart_null_rows, totals.null_keys, 'null_keys', null)
) as figures (figure, source_value, destination_value, violations, rule, tolerance)
{%- endif %}
{%- endmacro %}
