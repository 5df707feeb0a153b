{#- Landing with the rows of a file that has not landed, for this session alone: under the name that `onerow plan` has given the source
    in this run. The rows come by COPY from the process that runs dbt, which waits for the message to send them. -#}
{% macro shadow_landing(source, plan) %}
    {%- set landing = api.Relation.create(database=target.database, schema=plan.file.landing_schema, identifier=plan.file.landing_table) -%}
    {%- set rows = api.Relation.create(database=target.database, schema='pg_temp', identifier=plan.file.rows_table) -%}
    {%- call statement('onerow_shadow_landing') %}
        create table {{ rows }} (like {{ landing }});
        create view {{ onerow.landing_of(source) }} as select * from {{ landing }} union all select * from {{ rows }}
    {%- endcall -%}
    {%- do log(plan.file.message) -%}
    {%- do run_query('analyze ' ~ rows) -%}
{% endmacro %}
