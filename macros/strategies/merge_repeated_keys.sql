{#- Merge the incoming rows of one key, field by field, into the row that comes first; the others are superseded, though they may
    have given a field. In incoming the merged row takes the place of that row. -#}
{% macro merge_repeated_keys(load) %}
    {%- set version = load.columns | selectattr('name', 'equalto', load.version) | first -%}
    {%- set fields = onerow.field_columns(load) -%}
    {%- set kept = onerow.postgres__get_columns_in_relation(load.incoming) | map(attribute='name') | list -%}
    {%- set merged = onerow.scratch_relation('merged') -%}
    {%- set newest = '((array_agg(i.* order by ' ~ onerow.version_of(load, 'i') ~ ' desc nulls last))[1]).' ~ onerow.quoted(version.name) -%}
    {#- The row that gives a field: of those that have it, the one with the greatest (version, value). -#}
    {%- set giver = {} -%}
    {%- for column in fields -%}
        {%- do giver.update({column.name:
            '((array_agg(i.* order by ' ~ onerow.version_of(load, 'i') ~ ' desc nulls last, ' ~ onerow.content([column], 'i')
            ~ ' desc) filter (where i.' ~ onerow.quoted(column.name) ~ ' is not null))[1])'
        }) -%}
    {%- endfor -%}
    {%- call statement('onerow_merge') %}
        create temporary table {{ merged }} on commit drop as
        with grouped as (
            select
                (array_agg(i.* order by {{ onerow.winner_first(load, 'i') }}))[1] as _first_row,
                array_agg(i.ctid order by {{ onerow.winner_first(load, 'i') }}) as _row_ids,
                {%- for column in fields %}
                {{ giver[column.name] }}.{{ onerow.quoted(column.name) }} as {{ onerow.quoted(column.name) }},
                {%- endfor %}
                {{ newest }} as {{ onerow.quoted(version.name) }},
                nullif('{}'::jsonb
                    {%- for column in fields %}
                    || coalesce(case
                        when count(i.{{ onerow.quoted(column.name) }}) > 0 and {{ giver[column.name] }}.{{ onerow.quoted(version.name) }} is distinct from {{ newest }}
                            then jsonb_build_object({{ onerow.literal(column.name) }}, {{ giver[column.name] }}.{{ onerow.quoted(version.name) }})
                    end, '{}')
                    {%- endfor %}, '{}') as _field_versions
            from {{ load.incoming }} as i
            -- Looked for first, because sorting each field of each row costs far more.
            where i.ctid in (
                select r.ctid
                from (
                    select i.ctid, count(*) over (partition by {{ onerow.quoted_list(load.key, 'i') }}) as copies
                    from {{ load.incoming }} as i
                    where not {{ onerow.is_rejected(load, 'i') }}
                ) as r
                where r.copies > 1
            )
            group by {{ onerow.quoted_list(load.key, 'i') }}
        ),

        beaten as (
            select r.row_id, r.place > 1 as is_superseded
            from grouped as g, unnest(g._row_ids) with ordinality as r (row_id, place)
        )

        select {{ onerow.quoted_list(kept, 'i') }}, coalesce(b.is_superseded, false) as _is_superseded
        from {{ load.incoming }} as i
        left join beaten as b on b.row_id = i.ctid
        where b.is_superseded is distinct from false
        union all
        select
            {%- for name in kept %}
            {%- if name in giver or name in (load.version, '_field_versions') %}
            g.{{ onerow.quoted(name) }},
            {%- else %}
            (g._first_row).{{ onerow.quoted(name) }},
            {%- endif %}
            {%- endfor %}
            false
        from grouped as g
    {%- endcall -%}
    {%- do load.update({'incoming': merged}) -%}
{% endmacro %}
