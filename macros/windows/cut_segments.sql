{#- Cut time at every edge of a consumed window; each piece knows the newest batch that declared to deliver it completely. Pieces
    between windows are there too, without a batch, so that one look at the index finds a row's piece. -#}
{% macro cut_segments(load) %}
    {%- call statement('onerow_segments') %}
        -- A mart that has consumed many windows would else compare each of their edges with each of them.
        create index on {{ load.positions }} using gist (tstzrange(window_start, window_end)) where window_start is not null;
        analyze {{ load.positions }};

        create temporary table {{ load.segments }} on commit drop as
        with edges as (
            select p.window_start as starts_at from {{ load.positions }} as p where p.window_start is not null
            union
            select p.window_end from {{ load.positions }} as p where p.window_end is not null
        )

        select
            e.starts_at,
            lead(e.starts_at) over (order by e.starts_at) as ends_at,
            w.batch_no,
            w.position,
            coalesce(w.is_claimed_now, false) as is_fresh
        from edges as e
        left join lateral (
            select p.batch_no, p.position, p.is_claimed_now
            from {{ load.positions }} as p
            where p.window_start is not null and tstzrange(p.window_start, p.window_end) @> e.starts_at
            order by p.position desc
            limit 1
        ) as w on true;

        create index on {{ load.segments }} (starts_at);
        analyze {{ load.segments }}
    {%- endcall -%}
{% endmacro %}
