{#- The columns that a mart has now, with their types as PostgreSQL writes them. -#}
{% macro present_columns(mart) %}
{%- if execute %}
select
    attributes.attname::text as column_name,
    format_type(attributes.atttypid, attributes.atttypmod) as data_type
from pg_catalog.pg_attribute as attributes
where attributes.attrelid = to_regclass({{ onerow.literal(onerow.reconciled_mart(mart).relation | string) }})
    and attributes.attnum > 0
    and not attributes.attisdropped
{%- endif %}
{%- endmacro %}
