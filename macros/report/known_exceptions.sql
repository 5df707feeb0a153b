{#- One row an exception to a rule of reconciliation, with whether it still holds. Python renders this file with Jinja alone, like
    ledger_ddl. -#}
{% macro known_exceptions(schema) %}
{%- set schema_name = '"' ~ schema | replace('"', '""') ~ '"' -%}
select
    exceptions.model,
    exceptions.rule,
    exceptions.natural_key,
    exceptions.reason,
    exceptions.expires_on,
    exceptions.expires_on >= (now() at time zone 'UTC')::date as is_in_force
from {{ schema_name }}.exceptions as exceptions
{%- endmacro %}
