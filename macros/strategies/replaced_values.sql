{#- What each column becomes where an incoming row takes the place of the mart's row t: name to SQL expression. -#}
{% macro replaced_values(load, row) %}
    {%- set values = {} -%}
    {%- for column in load.columns if column.name not in load.key -%}
        {%- if column.name == '_deleted_at' and load.deleted_when -%}
            {#- A row that was deleted before stays deleted since then. -#}
            {%- do values.update({'_deleted_at':
                'case when ' ~ row ~ '._deleted_at is not null then coalesce(t._deleted_at, ' ~ row ~ '._deleted_at) end'
            }) -%}
        {%- else -%}
            {%- do values.update({column.name: row ~ '.' ~ onerow.quoted(column.name)}) -%}
        {%- endif -%}
    {%- endfor -%}
    {{- return(values) -}}
{% endmacro %}
