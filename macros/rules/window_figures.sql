{#- Level counts of `onerow reconcile` for each window of meta.onerow.reconcile.window, in the columns of key_figures and with
    `window_start`: the source side is folded to the row of each key that the mart should hold. A window that one side lacks has no
    figure there, and is a violation, whatever is tolerated. Rows without a time are in no window. -#}
{% macro window_figures(mart) %}
{%- set facts = onerow.reconciled_mart(mart) if execute else {} -%}
{%- if facts.window %}
{%- set old_enough = 'true' -%}
{%- if facts.minimum_age -%}
    {%- set old_enough = "windows.window_start + interval '1 " ~ facts.window.grain ~ "' <= now() - interval '" ~ facts.minimum_age ~ "'" -%}
{%- endif -%}
{%- set is_judged = old_enough if facts.fan_out == 1 else 'false' -%}
{%- set tolerated = 'case when windows.source_keys is not null and windows.mart_keys is not null then '
    ~ onerow.tolerated_rows(facts.counts_tolerance, 'windows.source_keys') ~ ' end' %}
with compared_keys as materialized (
    {{ onerow.compared_keys(mart) | indent(4) }}
)

select
    figures.figure,
    figures.window_start,
    figures.source_value,
    figures.destination_value,
    case when figures.violations <= figures.tolerance then 0 else figures.violations end as violations,
    figures.rule,
    figures.tolerance
from (
    select
        window_start,
        sum(source_keys)::bigint as source_keys,
        sum(mart_keys)::bigint as mart_keys,
        sum(mart_rows)::bigint as mart_rows,
        coalesce(sum(missing_keys), 0)::bigint as missing_keys,
        coalesce(sum(unexpected_keys), 0)::bigint as unexpected_keys,
        coalesce(sum(duplicate_keys), 0)::bigint as duplicate_keys,
        coalesce(sum(source_null_rows), 0)::bigint as source_null_rows,
        coalesce(sum(mart_null_rows), 0)::bigint as mart_null_rows,
        coalesce(sum(null_keys), 0)::bigint as null_keys
    from (
        select
            coalesce(source_window, mart_window) as window_start,
            nullif(count(*) filter (where not has_null), 0) as source_keys,
            null as mart_keys,
            null as mart_rows,
            count(*) filter (where is_missing) as missing_keys,
            null as unexpected_keys,
            null as duplicate_keys,
            sum(delivered_rows) filter (where is_null) as source_null_rows,
            null as mart_null_rows,
            -- A key that both sides have in this window counts once, below.
            count(*) filter (where is_null and mart_rows = 0) as null_keys
        from compared_keys
        where delivered_rows > 0 or (not has_null and waiting_rows > 0 and mart_rows > 0)
        group by 1

        union all

        select
            mart_window,
            null,
            nullif(count(*) filter (where not has_null), 0),
            sum(mart_rows),
            null,
            count(*) filter (where is_unexpected),
            count(*) filter (where is_duplicate),
            null,
            sum(mart_rows) filter (where is_null),
            count(*) filter (where is_null)
        from compared_keys
        where mart_rows > 0
        group by 1
    ) as both_sides
    where window_start is not null
    group by window_start
) as windows
cross join lateral (
    values
    (
        'rows',
        windows.window_start,
        windows.source_keys,
        windows.mart_rows,
        case when {{ is_judged }}
            then abs(coalesce(windows.mart_rows, 0) - coalesce(windows.source_keys, 0)) end,
        null,
        {{ tolerated }}
    ),
    (
        'keys',
        windows.window_start,
        windows.source_keys,
        windows.mart_keys,
        case when {{ old_enough }}
            then abs(coalesce(windows.mart_keys, 0) - coalesce(windows.source_keys, 0)) end,
        null,
        {{ tolerated }}
    ),
    ('missing_keys', windows.window_start, windows.missing_keys, null, windows.missing_keys, 'missing_keys', null),
    ('unexpected_keys', windows.window_start, null, windows.unexpected_keys, windows.unexpected_keys, 'unexpected_keys', null),
    ('duplicate_keys', windows.window_start, null, windows.duplicate_keys, windows.duplicate_keys, 'duplicate_keys', null),
    ('null_keys', windows.window_start, windows.source_null_rows, windows.mart_null_rows, windows.null_keys, 'null_keys', null)
) as figures (figure, window_start, source_value, destination_value, violations, rule, tolerance)
where figures.violations > 0
    or (figures.rule is null and (figures.source_value is not null or figures.destination_value is not null))
order by figures.window_start
{%- endif %}
{%- endmacro %}
