{#- Statements that make anew every view that depends on a relation, in an order that works: definition, options, owner, grants,
    comments, and the indexes of materialized views. Rows of name and statement, none where nothing depends on it. -#}
{% macro view_statements(relation) %}
    {%- set query %}
        with views as (
            select d.*, c.relowner, c.relacl, c.reloptions
            from ({{ onerow.dependent_views(relation) }}) as d
            inner join pg_catalog.pg_class as c on c.oid = d.oid
        ),

        statements as (
            select
                v.level, v.name, 1 as step,
                format(
                    'create %s %s%s as %s', v.kind, v.name,
                    ' with (' || array_to_string(v.reloptions, ', ') || ')', pg_get_viewdef(v.oid)
                ) as statement
            from views as v
            union all
            select v.level, v.name, 2, format('alter %s %s owner to %I', v.kind, v.name, pg_get_userbyid(v.relowner))
            from views as v
            where pg_get_userbyid(v.relowner) <> current_user
            union all
            select
                v.level, v.name, 3,
                format(
                    'grant %s on %s to %s%s', a.privilege_type, v.name,
                    case when a.grantee = 0 then 'public' else quote_ident(pg_get_userbyid(a.grantee)) end,
                    case when a.is_grantable then ' with grant option' else '' end
                )
            from views as v, aclexplode(v.relacl) as a
            where a.grantee <> v.relowner
            union all
            select
                v.level, v.name, 3,
                format(
                    'grant %s (%I) on %s to %s%s', a.privilege_type, c.attname, v.name,
                    case when a.grantee = 0 then 'public' else quote_ident(pg_get_userbyid(a.grantee)) end,
                    case when a.is_grantable then ' with grant option' else '' end
                )
            from views as v
            inner join pg_catalog.pg_attribute as c on c.attrelid = v.oid and c.attacl is not null
            cross join aclexplode(c.attacl) as a
            union all
            select
                v.level, v.name, 4,
                case when d.objsubid = 0 then format('comment on %s %s is %L', v.kind, v.name, d.description)
                    else format('comment on column %s.%I is %L', v.name, a.attname, d.description)
                end
            from views as v
            inner join pg_catalog.pg_description as d on d.objoid = v.oid and d.classoid = 'pg_class'::regclass
            left join pg_catalog.pg_attribute as a on a.attrelid = v.oid and a.attnum = d.objsubid
            union all
            select v.level, v.name, 5, pg_get_indexdef(x.indexrelid)
            from views as v
            inner join pg_catalog.pg_index as x on x.indrelid = v.oid
        )

        select s.name, s.statement from statements as s order by s.level, s.name, s.step
    {% endset -%}
    {{- return(run_query(query).rows) -}}
{% endmacro %}
