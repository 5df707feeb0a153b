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
            {{ onerow.raise_lock_timeout(onerow.literal(name)) | indent(12) }}
        end $onerow$;
    {% endcall %}
{% endmacro %}
