{#- The mart as a load would meet it, its columns made to fit, without touching it: the table itself; a view of it where columns would
    be added or change their types; an empty table where the load would make it anew. -#}
{% macro planned_mart(existing, load, rebuild) %}
    {%- set names = {} -%}
    {%- for purpose in ['mart', 'adapted', 'planned'] -%}
        {%- do names.update({purpose: api.Relation.create(
            database=target.database, schema='pg_temp', identifier=onerow.scratch_relation(purpose).identifier, type='table'
        )}) -%}
    {%- endfor -%}
    {%- if rebuild -%}
        {#- In pg_temp every table is temporary, but may not be called unlogged. -#}
        {%- do onerow.create_mart(names.mart, load, temporary=config.get('unlogged', false)) -%}
        {{- return(names.mart) -}}
    {%- endif -%}

    {%- do run_query('create table ' ~ names.adapted ~ ' (like ' ~ existing ~ ')') -%}
    {%- do onerow.adapt_columns(names.adapted, load) -%}
    {%- set columns = run_query(
        'select t.attname is null or (t.atttypid, t.atttypmod, t.attcollation) <> (a.atttypid, a.atttypmod, a.attcollation) as differs,'
        ~ " format('%s::%s as %I', case when t.attname is null then 'null' else format('t.%I', a.attname) end,"
        ~ " format_type(a.atttypid, a.atttypmod), a.attname) as expression"
        ~ ' from pg_catalog.pg_attribute as a left join pg_catalog.pg_attribute as t'
        ~ ' on t.attrelid = ' ~ onerow.literal(existing) ~ '::regclass and t.attname = a.attname and t.attnum > 0'
        ~ ' where a.attrelid = ' ~ onerow.literal(names.adapted) ~ '::regclass and a.attnum > 0 and not a.attisdropped order by a.attnum'
    ).rows -%}
    {%- if not columns | selectattr('differs') | list -%}
        {{- return(existing) -}}
    {%- endif -%}
    {%- do run_query(
        'create view ' ~ names.planned ~ ' as select t.ctid, t.xmin, t.cmin, '
        ~ columns | map(attribute='expression') | join(', ') ~ ' from ' ~ existing ~ ' as t'
    ) -%}
    {{- return(names.planned) -}}
{% endmacro %}
