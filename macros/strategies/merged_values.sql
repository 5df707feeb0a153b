{#- What a merge of an incoming row into the mart's row t makes of each column, field by field: name to SQL expression. -#}
{% macro merged_values(load, row) %}
    {%- set version = load.columns | selectattr('name', 'equalto', load.version) | first -%}
    {%- set newest = 'case when ' ~ onerow.exceeds(onerow.version_of(load, row), onerow.version_of(load, 't'))
        ~ ' then ' ~ row ~ '.' ~ onerow.quoted(version.name) ~ ' else t.' ~ onerow.quoted(version.name) ~ ' end' -%}
    {%- set values = {version.name: newest} -%}
    {%- set remembered = [] -%}
    {%- for column in onerow.field_columns(load) -%}
        {%- set wins = onerow.field_wins(load, column, row, 't') -%}
        {%- set field_version = 'case when ' ~ wins ~ ' then ' ~ onerow.field_version(load, column, row)
            ~ ' else ' ~ onerow.field_version(load, column, 't') ~ ' end' -%}
        {%- do values.update({column.name:
            'case when ' ~ wins ~ ' then ' ~ row ~ '.' ~ onerow.quoted(column.name) ~ ' else t.' ~ onerow.quoted(column.name) ~ ' end'
        }) -%}
        {%- do remembered.append(
            'coalesce(case when coalesce(' ~ row ~ '.' ~ onerow.quoted(column.name) ~ ', t.' ~ onerow.quoted(column.name) ~ ') is not null and ('
            ~ field_version ~ ') is distinct from (' ~ newest ~ ') then jsonb_build_object(' ~ onerow.literal(column.name) ~ ', '
            ~ field_version ~ ") end, '{}')"
        ) -%}
    {%- endfor -%}
    {%- do values.update({'_field_versions': 'nullif(' ~ (remembered | join(' || ') or "'{}'::jsonb") ~ ", '{}')"}) -%}
    {#- `_deleted_at` is left to mark_deleted: no incoming row knows it alone. -#}
    {%- if load.source -%}
        {%- do values.update({'_batch_no': row ~ '._batch_no'}) -%}
    {%- endif -%}
    {{- return(values) -}}
{% endmacro %}
