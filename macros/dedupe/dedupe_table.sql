{#- Query: what a table is, what its columns are, and what the user may do with it. One row, none where there is no such relation.
    `is_given` is a column that an insert may set, `is_free` one that an update may set. -#}
{% macro dedupe_table(relation, schema) %}
select
    c.oid::bigint as oid,
    c.relkind::text as kind,
    c.relispartition as is_partition,
    c.relpersistence = 't' as is_temporary,
    exists (select from pg_catalog.pg_inherits as i where i.inhparent = c.oid) as has_children,
    current_database() as database,
    (
        select jsonb_agg(
            jsonb_build_object(
                'name', a.attname,
                'dtype', pg_catalog.format_type(a.atttypid, null),
                'full_type', pg_catalog.format_type(a.atttypid, a.atttypmod),
                'is_given', a.attgenerated = '',
                'is_free', a.attgenerated = '' and a.attidentity <> 'a'
            ) order by a.attnum
        )
        from pg_catalog.pg_attribute as a
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    ) as columns,
    array_remove(array[
        case when not pg_catalog.pg_has_role(c.relowner, 'USAGE') then 'it belongs to ' || c.relowner::regrole end,
        case when not pg_catalog.has_table_privilege(c.oid, 'SELECT') then 'no SELECT on it' end,
        case when not pg_catalog.has_table_privilege(c.oid, 'INSERT') then 'no INSERT on it' end,
        case when not pg_catalog.has_table_privilege(c.oid, 'UPDATE') then 'no UPDATE on it' end,
        case when not pg_catalog.has_table_privilege(c.oid, 'DELETE') then 'no DELETE on it' end,
        case
            when not coalesce(pg_catalog.has_schema_privilege(pg_catalog.to_regnamespace({{ onerow.literal(onerow.quoted(schema)) }})::oid, 'CREATE'), true)
                then 'no CREATE on the schema of the ledger'
        end
    ], null) as missing_rights
from pg_catalog.pg_class as c
where c.oid = pg_catalog.to_regclass({{ onerow.literal(relation) }})
{% endmacro %}
