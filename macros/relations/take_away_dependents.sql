{#- Drop the views that depend on a relation which is about to be replaced, and return what brings them back (dbt drops them by
    cascade and leaves a hole until they are run again). Nobody else may make or replace them meanwhile: two relations that are
    replaced at once often have dependents in common. They go before the relation does, because who reads them locks in this order. -#}
{% macro take_away_dependents(relation) %}
    {%- call statement('onerow_lock_dependents') %}
        do $onerow$
        declare
            v record;
            lock_key bigint;
            holder text;
        begin
            -- In one order for all, a view before those that stand on it: whoever replaces a view holds its lock already.
            for v in select d.id from ({{ onerow.dependent_views(relation) }}) as d order by d.level, d.id loop
                lock_key := {{ onerow.lock_key('v.id') }};
                perform pg_advisory_xact_lock(lock_key);
            end loop;
        exception when lock_not_available then
            {{ onerow.raise_lock_timeout('v.id') | indent(12) }}
        end $onerow$
    {%- endcall -%}
    {%- set statements = onerow.view_statements(relation) -%}
    {%- for view in run_query(onerow.dependent_views(relation) ~ ' order by level desc, name').rows -%}
        {%- do run_query('drop ' ~ view['kind'] ~ ' if exists ' ~ view['name']) -%}
    {%- endfor -%}
    {{- return(statements) -}}
{% endmacro %}
