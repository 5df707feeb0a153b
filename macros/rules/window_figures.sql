{#- Level counts of `onerow reconcile` for each window of meta.onerow.reconcile.window, in the columns of key_figures and with
    `window_start`: the source side is folded to the row of each key that the mart should hold. A window that one side lacks has no
    figure there, and is a violation. Rows without a time, and keys with a NULL part, are in no window. -#}
{% macro window_figures(mart) %}
{%- set facts = onerow.reconciled_mart(mart) if execute else {} -%}
{%- if facts.window %}
{%- set old_enough = 'true' -%}
{%- if facts.minimum_age -%}
    {%- set old_enough = "windows.window_start + interval '1 " ~ facts.window.grain ~ "' <= now() - interval '" ~ facts.minimum_age ~ "'" -%}
{%- endif %}
with compared_keys as materialized (
    {{ onerow.compared_keys(mart) | indent(4) }}
)

select figures.*
from (
    select
        window_start,
        sum(source_keys)::bigint as source_keys,
        sum(mart_keys)::bigint as mart_keys,
        sum(mart_rows)::bigint as mart_rows,
        coalesce(sum(missing_keys), 0)::bigint as missing_keys,
        coalesce(sum(unexpected_keys), 0)::bigint as unexpected_keys,
        coalesce(sum(duplicate_keys), 0)::bigint as duplicate_keys
    from (
        select
            coalesce(source_window, mart_window) as window_start,
            count(*) as source_keys,
            null as mart_keys,
            null as mart_rows,
            count(*) filter (where is_missing) as missing_keys,
            null as unexpected_keys,
            null as duplicate_keys
        from compared_keys
        where not has_null and (delivered_rows > 0 or (waiting_rows > 0 and mart_rows > 0))
        group by 1

        union all

        select
            mart_window,
            null,
            count(*),
            sum(mart_rows),
            null,
            count(*) filter (where is_unexpected),
            count(*) filter (where is_duplicate)
        from compared_keys
        where not has_null and mart_rows > 0
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
        case when {{ old_enough }}
            then abs(coalesce(windows.mart_rows, 0) - coalesce(windows.source_keys, 0)) end,
        null
    ),
    (
        'keys',
        windows.window_start,
        windows.source_keys,
        windows.mart_keys,
        case when {{ old_enough }}
            then abs(coalesce(windows.mart_keys, 0) - coalesce(windows.source_keys, 0)) end,
        null
    ),
    ('missing_keys', windows.window_start, windows.missing_keys, null, windows.missing_keys, 'missing_keys'),
    ('unexpected_keys', windows.window_start, null, windows.unexpected_keys, windows.unexpected_keys, 'unexpected_keys'),
    ('duplicate_keys', windows.window_start, null, windows.duplicate_keys, windows.duplicate_keys, 'duplicate_keys')
) as figures (figure, window_start, source_value, destination_value, violations, rule)
where figures.rule is null or figures.violations > 0
order by figures.window_start
{%- endif %}
{%- endmacro %}
