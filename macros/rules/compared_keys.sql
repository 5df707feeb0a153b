{#- One row a natural key of either side, with its rows on each and what the rules find in it; where the mart is reconciled by windows, a
    key with a NULL part is a row a window. Grouped rather than joined, because a
    full join has no way to match NULL keys. A key that only batches still to be loaded deliver is waiting, not missing; one that
    only refused rows have is on neither side. Keys that exceptions cover are left out. -#}
{% macro compared_keys(mart) %}
{%- set facts = onerow.reconciled_mart(mart) -%}
{%- set keys = [] -%}
{%- set order = 'version, _batch_no, _line_number' if facts.is_first_kept
    else 'version desc nulls last, _batch_no desc, _line_number desc' -%}
{%- for column in facts.key -%}{%- do keys.append('key_' ~ loop.index) -%}{%- endfor -%}
{%- set natural_key = onerow.compared_natural_key(mart) -%}
{#- What may still be on its way is no violation. -#}
{%- set recent = 'not is_recent and ' if facts.minimum_age else '' %}
select
    sides.*,
    flags.*
from (
    select
        {{ keys | join(', ') }},
        num_nulls({{ keys | join(', ') }}) > 0 as has_null,
        count(*) filter (where side = 1) as delivered_rows,
        count(*) filter (where side = 2) as waiting_rows,
        count(*) filter (where side = 3) as refused_rows,
        count(*) filter (where side = 4) as mart_rows,
        max(_batch_no) filter (where side = 1) as newest_batch_no
        {%- if facts.window %},
        -- Of the row that the mart should hold: windows of older states of a key are another matter.
        (
            array_agg(window_start order by {{ order }})
            filter (where side = 1 and window_start is not null)
        )[1] as source_window,
        max(window_start) filter (where side = 4) as mart_window
        {%- if facts.minimum_age %},
        coalesce(
            max(window_start) filter (where side in (1, 4))
            + interval '1 {{ facts.window.grain }}' > now() - interval '{{ facts.minimum_age }}',
            false
        ) as is_recent
        {%- endif %}
        {%- endif %}
    from (
        select
            {{ keys | join(', ') }},
            case when rows.is_refused then 3 when batches.is_consumed then 1 else 2 end as side,
            rows._batch_no
            {%- if facts.window %},
            rows.window_start,
            rows.version,
            rows._line_number
            {%- endif %}
        from ({{ onerow.delivered_rows(mart) }}) as rows
        inner join ({{ onerow.delivered_batches(mart) }}) as batches
            on batches.batch_no = rows._batch_no
        where not batches.is_quarantined and rows.is_expected and not rows.is_withdrawn

        union all

        select
            {%- for column in facts.key %}
            mart.{{ onerow.quoted(column.name) }}::{{ column.data_type }},
            {%- endfor %}
            4,
            null
            {%- if facts.window %},
            {{ onerow.window_of('mart.' ~ onerow.quoted(facts.window.column), facts.window.grain) }},
            null,
            null
            {%- endif %}
        from {{ facts.relation }} as mart
    ) as both_sides
    group by
        {{ keys | join(', ') }}
        {%- if facts.window %},
        -- Rows without a key have no row of the other side: each counts in the window that it is in.
        case when num_nulls({{ keys | join(', ') }}) > 0 then window_start end
        {%- endif %}
) as sides
cross join lateral (
    select
        {{ recent }}not has_null and delivered_rows > 0 and mart_rows = 0 as is_missing,
        {{ recent }}not has_null and delivered_rows = 0 and waiting_rows > 0 and mart_rows = 0 as is_waiting,
        {{ recent }}not has_null and delivered_rows = 0 and waiting_rows = 0 and mart_rows > 0 as is_unexpected,
        {{ recent }}not has_null and mart_rows > {{ facts.fan_out }} as is_duplicate,
        {{ recent }}has_null and delivered_rows + mart_rows > 0 as is_null
) as flags
-- A key leaves the comparison, on both sides, where exceptions cover all that is wrong with it.
where not (
    (is_missing or is_unexpected or is_duplicate or is_null)
    {%- for flag, rule in [
        ('is_missing', 'missing_keys'),
        ('is_unexpected', 'unexpected_keys'),
        ('is_duplicate', 'duplicate_keys'),
        ('is_null', 'null_keys'),
    ] %}
    and (not {{ flag }} or {{ onerow.is_excepted(mart, rule, natural_key) | indent(4) }})
    {%- endfor %}
)
{%- endmacro %}
