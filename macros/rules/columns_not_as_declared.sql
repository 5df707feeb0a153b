{#- Rule: a mart has each column that its model describes and each of its natural key, in the type of the contract where that has a
    column of the name. Violations only. -#}
{% macro columns_not_as_declared(mart) %}
{%- if execute %}
{%- set facts = onerow.reconciled_mart(mart) -%}
{%- set declared = [] -%}
{%- for column in onerow.declared_columns(mart) -%}
    {%- do declared.append('(' ~ onerow.literal(column.name) ~ ', ' ~ (onerow.literal(column.data_type) if column.data_type else 'null') ~ ')') -%}
{%- endfor %}
select
    {{ onerow.literal(facts.id) }} as model,
    declared.column_name,
    declared.data_type as declared_type,
    format_type(present.atttypid, present.atttypmod) as present_type
from (
    values
    {{ declared | join(',\n    ') }}
) as declared (column_name, data_type)
left join pg_catalog.pg_attribute as present
    on present.attrelid = to_regclass({{ onerow.literal(facts.relation | string) }})
    and present.attname = declared.column_name
    and present.attnum > 0
    and not present.attisdropped
where present.attname is null or present.atttypid <> coalesce(to_regtype(declared.data_type), present.atttypid)
{%- endif %}
{%- endmacro %}
