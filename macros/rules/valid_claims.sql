{#- One row a table and batch that it has consumed: the latest claim, with the table's name. A claim of an earlier table under the same
    name is void. Looked up in pg_class when the query runs, so that a view does not keep the table that it was created on. Python
    renders this file with Jinja alone, like ledger_ddl. -#}
{% macro valid_claims(schema) %}
{%- set schema_name = '"' ~ schema | replace('"', '""') ~ '"' -%}
select distinct on (claims.model, claims.batch_no)
    claims.model,
    claims.batch_no,
    claims.attempt,
    claims.row_count,
    claims.withdrawn_count,
    claims.claimed_at,
    pg_namespace.nspname as mart_schema,
    pg_class.relname as mart_table
from {{ schema_name }}.claims as claims
inner join pg_catalog.pg_class as pg_class on pg_class.oid = claims.relation_oid
inner join pg_catalog.pg_namespace as pg_namespace on pg_namespace.oid = pg_class.relnamespace
where claims.model = current_database() || '.' || pg_namespace.nspname || '.' || pg_class.relname
order by claims.model, claims.batch_no, claims.attempt desc
{%- endmacro %}
