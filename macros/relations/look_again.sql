{#- What stands under this name now: a relation of its real type, or none. dbt's cache is as old as the start of the run, so ask
    again under the lock and tell the cache what another run has made or dropped meanwhile. -#}
{% macro look_again(relation) %}
    {%- set kinds = run_query(
        "select case c.relkind when 'v' then 'view' when 'm' then 'materialized_view' else 'table' end"
        ~ " from pg_catalog.pg_class as c"
        ~ " inner join pg_catalog.pg_namespace as n on n.oid = c.relnamespace"
        ~ " where c.relkind in ('r', 'p', 'v', 'm', 'f')"
        ~ " and n.nspname = " ~ onerow.literal(relation.schema) ~ " and c.relname = " ~ onerow.literal(relation.identifier)
    ).columns[0].values() -%}
    {%- set cached = load_cached_relation(relation) -%}
    {%- set found = relation.incorporate(type=kinds[0]) if kinds else none -%}
    {%- if cached and (found is none or cached.type != found.type) -%}
        {%- do adapter.cache_dropped(cached) -%}
    {%- endif -%}
    {%- if found and (cached is none or cached.type != found.type) -%}
        {%- do adapter.cache_added(found) -%}
    {%- endif -%}
    {{- return(found) -}}
{% endmacro %}
