{#- How to get from what stands there to this view: 'create', 'keep', 'replace' (columns only appended) or 'recreate'.
    PostgreSQL itself compares: the new SQL as a temporary view against the existing one, both as it prints them. -#}
{% macro way_to_view(existing, view_sql) %}
    {%- if existing is none -%}
        {{- return('create') -}}
    {%- elif existing.type != 'view' -%}
        {{- return('recreate') -}}
    {%- endif -%}
    {%- set probe = onerow.scratch_relation('view') -%}
    {%- do run_query('create temporary view ' ~ probe ~ ' as (\n' ~ view_sql ~ '\n)') -%}
    {%- set same_query = run_query(
        'select pg_get_viewdef(' ~ onerow.literal(existing) ~ '::regclass) = pg_get_viewdef(' ~ onerow.literal(probe) ~ '::regclass)'
    ).columns[0].values()[0] -%}
    {%- set appended = run_query(
        'select not exists ('
        ~ ' select from pg_catalog.pg_attribute as o'
        ~ ' left join pg_catalog.pg_attribute as n'
        ~ ' on n.attrelid = ' ~ onerow.literal(probe) ~ '::regclass and n.attnum = o.attnum and n.attname = o.attname'
        ~ ' and n.atttypid = o.atttypid and n.atttypmod = o.atttypmod and n.attcollation = o.attcollation'
        ~ ' where o.attrelid = ' ~ onerow.literal(existing) ~ '::regclass and n.attnum is null)'
    ).columns[0].values()[0] -%}
    {%- do run_query('drop view ' ~ probe) -%}
    {{- return('keep' if same_query and appended else 'replace' if appended else 'recreate') -}}
{% endmacro %}
