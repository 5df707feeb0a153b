{#- The SET list that merges an incoming row into the mart's row t, field by field. -#}
{% macro merged_values(load) %}
    {%- set version = load.columns | selectattr('name', 'equalto', load.version) | first -%}
    {%- set newest = 'case when ' ~ onerow.exceeds(onerow.version_of(load, 'excluded'), onerow.version_of(load, 't'))
        ~ ' then excluded.' ~ version.quoted ~ ' else t.' ~ version.quoted ~ ' end' -%}
    {%- set values = [version.quoted ~ ' = ' ~ newest] -%}
    {%- set remembered = [] -%}
    {%- for column in onerow.field_columns(load) -%}
        {%- set wins = onerow.field_wins(load, column, 'excluded', 't') -%}
        {%- set field_version = 'case when ' ~ wins ~ ' then ' ~ onerow.field_version(load, column, 'excluded')
            ~ ' else ' ~ onerow.field_version(load, column, 't') ~ ' end' -%}
        {%- do values.append(
            column.quoted ~ ' = case when ' ~ wins ~ ' then excluded.' ~ column.quoted ~ ' else t.' ~ column.quoted ~ ' end'
        ) -%}
        {%- do remembered.append(
            'coalesce(case when coalesce(excluded.' ~ column.quoted ~ ', t.' ~ column.quoted ~ ') is not null and ('
            ~ field_version ~ ') is distinct from (' ~ newest ~ ') then jsonb_build_object(' ~ onerow.literal(column.name) ~ ', '
            ~ field_version ~ ") end, '{}')"
        ) -%}
    {%- endfor -%}
    {%- do values.append("_field_versions = nullif(" ~ (remembered | join(' || ') or "'{}'::jsonb") ~ ", '{}')") -%}
    {#- `_deleted_at` is left to mark_deleted: no incoming row knows it alone. -#}
    {%- if load.source -%}
        {%- do values.append('_batch_no = excluded._batch_no') -%}
    {%- endif -%}
    {{- return(values | join(',\n        ')) -}}
{% endmacro %}
