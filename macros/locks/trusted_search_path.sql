{#- Script that leaves out of this session's search_path each schema in which somebody may create objects who could not act as us
    anyway. Of functions and operators of one name PostgreSQL takes those whose argument types match best, in whatever schema: one
    made there would be called in place of PostgreSQL's own, by us and with our rights. What is trusted keeps its place, so that
    models find their own functions. pg_temp goes last. A schema with operators of an extension is not left out but refused: without
    them, values of the extension's types (citext) would be compared as others. `onerow.left_out` says what was left out.
    Until the first statement has run, whatever is named here is qualified. Python renders this file too. -#}
{% macro trusted_search_path(trusted_roles, is_local) %}
{%- set scope = 'true' if is_local else 'false' -%}
do $onerow$
declare
    given constant pg_catalog.name[] := pg_catalog.current_schemas(false);
    trusted constant pg_catalog.name[] := array[
        {%- for role in trusted_roles %}{{ onerow.literal(role) }}{{ ', ' if not loop.last }}{% endfor -%}
    ]::pg_catalog.name[];
    ours pg_catalog.oid[];
    is_ours pg_catalog.bool;
    kept pg_catalog.text;
    left_out pg_catalog.text;
    refused pg_catalog.text;
begin
    perform pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', {{ scope }});

    -- As a rule nobody else has been given the right. That is seen without a look at all roles, which takes longer than
    -- the rest; who is a member of one of these is no stranger below either.
    ours := array[quote_ident(current_user)::regrole, quote_ident(session_user)::regrole, 'pg_database_owner'::regrole];
    select
        string_agg(quote_ident(n.nspname), ', ' order by s.position),
        bool_and(
            n.nspowner = any(ours)
            and not exists (
                select
                from aclexplode(n.nspacl) as a
                where a.privilege_type = 'CREATE' and a.grantee <> all(ours)
            )
        )
    into kept, is_ours
    from unnest(given) with ordinality as s (name, position)
    inner join pg_namespace as n on n.nspname = s.name
    where n.oid <> 'pg_catalog'::regnamespace and n.oid <> pg_my_temp_schema();

    if not is_ours then
        with schemas as (
            select n.oid, n.nspname, s.position
            from unnest(given) with ordinality as s (name, position)
            inner join pg_namespace as n on n.nspname = s.name
            where n.oid <> 'pg_catalog'::regnamespace and n.oid <> pg_my_temp_schema()
        ),

        strangers as (
            select s.oid, string_agg(quote_ident(r.rolname), ', ' order by r.rolname) as names
            from schemas as s
            inner join pg_roles as r on has_schema_privilege(r.oid, s.oid, 'create')
            inner join pg_database as d on d.datname = current_database()
            where not r.rolsuper
                and r.oid <> 'pg_database_owner'::regrole
                and not pg_has_role(r.oid, current_user, 'member')
                and not pg_has_role(r.oid, session_user, 'member')
                and not pg_has_role(r.oid, d.datdba, 'member')
                and r.rolname <> all(trusted)
                and not ('PUBLIC' = any(trusted) and has_schema_privilege('public', s.oid, 'create'))
            group by s.oid
        ),

        judged as (
            select
                quote_ident(s.nspname) as name,
                s.position,
                case
                    when w.names is not null and has_schema_privilege('public', s.oid, 'create') then 'PUBLIC'
                    else w.names
                end as strangers,
                exists (
                    select
                    from pg_operator as o
                    inner join pg_depend as d on d.classid = 'pg_operator'::regclass and d.objid = o.oid and d.deptype = 'e'
                    where o.oprnamespace = s.oid
                ) as has_operators
            from schemas as s
            left join strangers as w on w.oid = s.oid
        )

        select
            string_agg(j.name, ', ' order by j.position) filter (where j.strangers is null),
            string_agg(format('%s (%s may create objects in it)', j.name, j.strangers), ', ' order by j.position)
                filter (where j.strangers is not null and not j.has_operators),
            string_agg(format('%s (%s may create objects in it)', j.name, j.strangers), ', ' order by j.position)
                filter (where j.strangers is not null and j.has_operators)
        into kept, left_out, refused
        from judged as j;
    end if;

    if refused is not null then
        raise exception 'the search_path holds schema %, and operators of an extension, which cannot be left out. Take the right away from them, move the extension to a schema of its own, or name the roles, or PUBLIC, in the var onerow_trusted_roles',
            refused;
    end if;
    perform set_config('onerow.left_out', coalesce(left_out, ''), {{ scope }});
    perform set_config('search_path', coalesce(kept, 'pg_catalog') || ', pg_temp', {{ scope }});
end $onerow$;
{% endmacro %}
