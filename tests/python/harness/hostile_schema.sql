-- Puts a namesake of every function and operator of PostgreSQL into the schema public, for those types for which PostgreSQL prefers it:
-- whatever the order of schemas, that is the one whose argument types match best. So wherever the server's own takes "any element",
-- casts by itself, or meets a literal of no type yet, the namesake wins. Whoever calls one fails, with its name.
set search_path = pg_catalog;
set check_function_bodies = off;

do $hostile$
declare
    concrete constant text[] := '{text,varchar,name,bigint,integer,oid,regclass,boolean,jsonb,timestamptz}';
    operands constant text[] := concrete || '{text[],bigint[],name[],"\"char\"",smallint}';
    body constant text := 'language plpgsql as $$ begin raise exception ''hijacked: %s''; end $$';
    each_type text;
    wanted record;
begin
    -- Functions and aggregates.
    for each_type in select * from unnest(concrete) loop
        for wanted in
            select
                p.proname,
                p.prokind,
                p.proretset,
                (
                    select string_agg(
                        case
                            when t.typname in ('anyarray', 'anycompatiblearray') then each_type || '[]'
                            when t.typname like 'any%' then each_type
                            when (t.typname, each_type) in (
                                ('text', 'varchar'), ('text', 'name'), ('oid', 'regclass'), ('int8', 'integer'), ('int8', 'oid')
                            ) then each_type
                            else format_type(t.oid, null)
                        end,
                        ', ' order by a.position
                    )
                    from unnest(p.proargtypes::oid[]) with ordinality as a (type, position)
                    inner join pg_type as t on t.oid = a.type
                ) as arguments,
                case
                    when r.typname in ('anyarray', 'anycompatiblearray') then each_type || '[]'
                    when r.typname like 'any%' then each_type
                    else format_type(r.oid, null)
                end as returned
            from pg_proc as p
            inner join pg_type as r on r.oid = p.prorettype
            where p.pronamespace = 'pg_catalog'::regnamespace and p.pronargs > 0 and r.typtype = 'b' or r.typname in ('anyarray', 'anyelement')
        loop
            begin
                if to_regprocedure(format('pg_catalog.%I(%s)', wanted.proname, wanted.arguments)) is not null then
                    continue;
                end if;
                if wanted.prokind = 'a' then
                    execute format('create function public.%I(text, %s) returns text ', 'of_' || wanted.proname, wanted.arguments)
                        || format(body, wanted.proname);
                    execute format(
                        'create aggregate public.%I(%s) (sfunc = public.%I, stype = text)',
                        wanted.proname, wanted.arguments, 'of_' || wanted.proname
                    );
                else
                    execute format(
                        'create function public.%I(%s) returns %s %s ', wanted.proname, wanted.arguments,
                        case when wanted.proretset then 'setof' else '' end, wanted.returned
                    ) || format(body, wanted.proname);
                end if;
            exception when others then
                null;  -- a type that functions cannot take, or a namesake that is there already
            end;
        end loop;
    end loop;

    -- Functions of any number of arguments, for each number that is in use.
    for wanted in
        select distinct p.proname, format_type(p.prorettype, null) as returned, n.count
        from pg_proc as p
        cross join generate_series(1, 6) as n (count)
        where p.pronamespace = 'pg_catalog'::regnamespace and p.provariadic <> 0 and p.prokind = 'f'
    loop
        begin
            execute format(
                'create function public.%I(%s) returns %s ', wanted.proname,
                array_to_string(array_fill('text'::text, array[wanted.count]), ', '), wanted.returned
            ) || format(body, wanted.proname);
        exception when others then
            null;
        end;
    end loop;

    -- Operators. Of a literal the server assumes at first the type of the other side.
    for wanted in
        select o.name, l.type as of_left, r.type as of_right, o.returned
        from (
            values ('=', 'boolean'), ('<>', 'boolean'), ('<', 'boolean'), ('>', 'boolean'), ('<=', 'boolean'), ('>=', 'boolean'),
                ('~', 'boolean'), ('!~', 'boolean'), ('~~', 'boolean'), ('!~~', 'boolean'), ('~~*', 'boolean'), ('!~~*', 'boolean'),
                ('@>', 'boolean'), ('?', 'boolean'), ('||', 'text'), ('->', 'jsonb'), ('->>', 'text'), ('+', 'bigint'), ('-', 'bigint')
        ) as o (name, returned)
        cross join unnest(operands) as l (type)
        cross join unnest(operands) as r (type)
        where to_regoperator(format('pg_catalog.%s(%s,%s)', o.name, l.type, r.type)) is null
    loop
        execute format(
            'create or replace function public.operator_to_%s(%s, %s) returns %s ', wanted.returned, wanted.of_left, wanted.of_right,
            wanted.returned
        ) || format(body, 'an operator');
        execute format(
            'create operator public.%s (leftarg = %s, rightarg = %s, function = public.operator_to_%s)', wanted.name,
            wanted.of_left, wanted.of_right, wanted.returned
        );
    end loop;
end $hostile$;
