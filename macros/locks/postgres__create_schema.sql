{#- dbt creates schemas before on-run-start, and `create schema if not exists` races: look first, one at a time. Needs no CREATE
    privilege where the schema is there, and a plan makes none. Looks with a query: to_regnamespace remembers, after the wait for
    the lock too, that there was none before it. -#}
{% macro postgres__create_schema(relation) -%}
    {%- if relation.database -%}{{ adapter.verify_database(relation.database) }}{%- endif -%}
    {%- set schema_name = onerow.literal(relation.schema) -%}
    {%- call statement('create_schema') -%}
        {%- if not onerow.is_plan() %}
        {{ onerow.local_search_path() }}
        do $onerow$
        begin
            if not exists (select from pg_catalog.pg_namespace as n where n.nspname = {{ schema_name }}) then
                perform pg_advisory_xact_lock(hashtextextended('onerow:schema', 0));
                if not exists (select from pg_catalog.pg_namespace as n where n.nspname = {{ schema_name }}) then
                    create schema {{ relation.without_identifier().include(database=False) }};
                end if;
            end if;
        end $onerow$
        {%- else %}
        select 'none is made'
        {%- endif %}
    {%- endcall -%}
{%- endmacro %}
