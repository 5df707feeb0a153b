{#- Begin the node's transaction and wait until no other run writes this relation. Held to the end of the transaction.
    plpgsql, because Jinja has no try: only the server can turn the timeout into a message that names the holder. -#}
{% macro lock_relation(relation) %}
    {%- set name = onerow.relation_id(relation) -%}
    {#- `statement`, not `run_query`: only the former begins dbt's transaction. -#}
    {% call statement('onerow_lock') %}
        {{ onerow.session_settings(name) }}
        do $onerow$
        declare
            lock_key constant bigint := {{ onerow.lock_key(onerow.literal(name)) }};
            holder text;
        begin
            if current_setting('transaction_isolation') <> 'read committed' then
                raise exception 'onerow needs the isolation level read committed: under % the rows that another run has just committed stay invisible. Remove default_transaction_isolation from the profile or the role',
                    current_setting('transaction_isolation');
            end if;
            perform pg_advisory_xact_lock(lock_key);
        exception when lock_not_available then
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
                    '%s is being loaded by %s; waited %s for it', {{ onerow.literal(name) }},
                    coalesce(holder, 'a run that has just ended'), current_setting('lock_timeout')
                ),
                hint = 'Run again later, or set the var onerow_lock_timeout.';
        end $onerow$;
    {% endcall %}
{% endmacro %}
