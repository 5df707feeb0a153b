-- Guarantee: the database itself keeps each key to one row. Whole, valid, not deferred, and NULLs count as equal.
select null::text as mart
where false
{% for mart in onerow.reconciled_marts() if onerow.is_built(mart) %}
union all
select '{{ mart.identifier }}' as mart
where not exists (
    select
    from pg_catalog.pg_index as pg_index
    where pg_index.indrelid = to_regclass({{ onerow.literal(mart | string) }})
        and pg_index.indisunique
        and pg_index.indisvalid
        and pg_index.indimmediate
        and pg_index.indnullsnotdistinct
        and pg_index.indpred is null
        and pg_index.indexprs is null
        and (
            select array_agg(pg_attribute.attname::text order by pg_attribute.attname::text collate "C")
            from pg_catalog.pg_attribute as pg_attribute
            where pg_attribute.attrelid = pg_index.indrelid
                and pg_attribute.attnum = any(pg_index.indkey::smallint[])
        ) = array[{% if execute %}'{{ onerow.unique_key_of(mart) | sort | join("', '") }}'{% endif %}]::text[]
)
{% endfor %}
