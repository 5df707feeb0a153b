{#- The SET list that merges an incoming row into the mart's row t, field by field. -#}
{% macro merged_values(load) %}
    {%- set version = load.columns | selectattr('name', 'equalto', load.version) | first -%}
    {%- set newest = 'case when ' ~ onerow.exceeds(onerow.version_of(load, 'excluded'), onerow.version_of(load, 't'))
        ~ ' then excluded.' ~ onerow.quoted(version.name) ~ ' else t.' ~ onerow.quoted(version.name) ~ ' end' -%}
    {%- set values = [onerow.quoted(version.name) ~ ' = ' ~ newest] -%}
    {%- set remembered = [] -%}
    {%- for column in onerow.field_columns(load) -%}
        {%- set wins = onerow.field_wins(load, column, 'excluded', 't') -%}
        {%- set field_version = 'case when ' ~ wins ~ ' then ' ~ onerow.field_version(load, column, 'excluded')
            ~ ' else ' ~ onerow.field_version(load, column, 't') ~ ' end' -%}
        {%- do values.append(
            onerow.quoted(column.name) ~ ' = case when ' ~ wins ~ ' then excluded.' ~ onerow.quoted(column.name) ~ ' else t.' ~ onerow.quoted(column.name) ~ ' end'
        ) -%}
        {%- do remembered.append(
            'coalesce(case when coalesce(excluded.' ~ onerow.quoted(column.name) ~ ', t.' ~ onerow.quoted(column.name) ~ ') is not null and ('
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
