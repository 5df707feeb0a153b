{#- Query: every view that depends on a relation, directly or through others: name, kind, id in the ledger and in locks, and level, which
    is greater than that of every view it stands on, whatever the relation asked for. -#}
{% macro dependent_views(relation) %}
with recursive dependents as (
    select {{ onerow.literal(relation) }}::regclass::oid as oid
    union
    select r.ev_class
    from dependents as s
    inner join pg_catalog.pg_depend as d
        on d.refobjid = s.oid and d.refclassid = 'pg_class'::regclass and d.classid = 'pg_rewrite'::regclass
    inner join pg_catalog.pg_rewrite as r on r.oid = d.objid
),

paths as (
    select s.oid, s.oid as at_oid, 0 as steps
    from dependents as s
    union
    select p.oid, d.refobjid, p.steps + 1
    from paths as p
    inner join pg_catalog.pg_rewrite as r on r.ev_class = p.at_oid
    inner join pg_catalog.pg_depend as d
        on d.objid = r.oid and d.classid = 'pg_rewrite'::regclass and d.refclassid = 'pg_class'::regclass
        and d.refobjid <> p.at_oid
)

select
    c.oid,
    format('%I.%I', n.nspname, c.relname) as name,
    current_database() || '.' || n.nspname || '.' || c.relname as id,
    case c.relkind when 'm' then 'materialized view' else 'view' end as kind,
    max(p.steps) as level
from paths as p
inner join pg_catalog.pg_class as c on c.oid = p.oid
inner join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
where c.relkind in ('v', 'm') and c.oid <> {{ onerow.literal(relation) }}::regclass
group by c.oid, n.nspname, c.relname, c.relkind
{%- endmacro %}
