{#- The SET list that puts an incoming row in the place of the mart's row. -#}
{% macro replaced_values(load) %}
    {%- set values = [] -%}
    {%- for column in load.columns if column.name not in load.key -%}
        {%- if column.name == '_deleted_at' and load.deleted_when -%}
            {#- A row that was deleted before stays deleted since then. -#}
            {%- do values.append('_deleted_at = case when excluded._deleted_at is not null then coalesce(t._deleted_at, excluded._deleted_at) end') -%}
        {%- else -%}
            {%- do values.append(onerow.quoted(column.name) ~ ' = excluded.' ~ onerow.quoted(column.name)) -%}
        {%- endif -%}
    {%- endfor -%}
    {{- return(values | join(',\n        ')) -}}
{% endmacro %}
