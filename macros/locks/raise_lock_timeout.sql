{#- plpgsql of the handler of a lock timeout: an error that names who holds the advisory lock of a relation, and since when. The block
    has the variables lock_key, the lock that was waited for, and holder. -#}
{% macro raise_lock_timeout(name) -%}
select string_agg(
    format('pid %s (%s, user %s) since %s', a.pid, a.application_name, a.usename, a.xact_start), ' and '
)
into holder
from pg_locks as l
inner join pg_stat_activity as a on a.pid = l.pid
where l.locktype = 'advisory' and l.granted and l.objsubid = 1
    and l.database = (select d.oid from pg_database as d where d.datname = current_database())
    and ((l.classid::bigint << 32) | l.objid::bigint) = lock_key;
raise exception using
    errcode = 'lock_not_available',
    message = format(
        '%s is being loaded by %s; waited %s for it', {{ name }},
        coalesce(holder, 'a run that has just ended'), current_setting('lock_timeout')
    ),
    hint = 'Run again later, or set the var onerow_lock_timeout.';
{%- endmacro %}
