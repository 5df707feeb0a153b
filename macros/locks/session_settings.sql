{#- What a writing transaction relies on, for this transaction only: names that mean what PostgreSQL means by
    them, a limit to every wait, one text form for every value, memory to
    sort a batch in, and an early end for a session whose client has died (else it would go on and commit what a retry loads again). -#}
{% macro session_settings(name) %}
{{ onerow.local_search_path() }}
set local lock_timeout = {{ onerow.literal(var('onerow_lock_timeout', '30s')) }};
set local client_connection_check_interval = '2s';
set local idle_in_transaction_session_timeout = '10min';
set local tcp_keepalives_idle = 30;
set local tcp_keepalives_interval = 10;
set local tcp_keepalives_count = 3;
set local application_name = {{ onerow.literal(('dbt ' ~ name)[:63]) }};
set local timezone = 'UTC';
set local bytea_output = 'hex';
set local intervalstyle = 'postgres';
set local extra_float_digits = 1;
select set_config('work_mem', '64MB', true) where pg_size_bytes(current_setting('work_mem')) < pg_size_bytes('64MB');
{% endmacro %}
