{#- Query: the foreign keys that point at a table. -#}
{% macro dedupe_references(target) %}
select
    f.conname as name,
    f.conrelid::regclass::text as referencing,
    case f.confdeltype
        when 'c' then 'cascade' when 'n' then 'set null' when 'd' then 'set default' when 'r' then 'restrict' else 'no action'
    end as on_delete,
    (
        select array_agg(a.attname::text order by k.position)
        from unnest(f.conkey) with ordinality as k (attnum, position)
        inner join pg_catalog.pg_attribute as a on a.attrelid = f.conrelid and a.attnum = k.attnum
    ) as columns,
    (
        select array_agg(a.attname::text order by k.position)
        from unnest(f.confkey) with ordinality as k (attnum, position)
        inner join pg_catalog.pg_attribute as a on a.attrelid = f.confrelid and a.attnum = k.attnum
    ) as referenced_columns
from pg_catalog.pg_constraint as f
where f.contype = 'f' and f.confrelid = {{ onerow.literal(target.relation) }}::regclass and f.conparentid = 0
order by f.conrelid::regclass::text, f.conname
{% endmacro %}
