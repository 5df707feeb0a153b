{#- What reject_reasons makes of a contract: required columns that are missing or blank, values that are not of their type. -#}
{% macro reasons_to_refuse(columns, alias, more) %}
    {%- set reasons = [] -%}
    {%- for column in columns -%}
        {%- set value = alias ~ '.' ~ onerow.quoted(column.name) -%}
        {%- if column.required -%}
            {%- do reasons.append('case when coalesce(btrim(' ~ value ~ ", e' \\t\\r\\n'), '') = '' then " ~ onerow.literal('missing:' ~ column.name) ~ ' end') -%}
        {%- endif -%}
        {%- if column.data_type != 'text' -%}
            {%- set is_wrong = 'not ' ~ onerow.is_valid(value, column.data_type) ~ " and btrim(" ~ value ~ ", e' \\t\\r\\n') <> ''" -%}
            {%- do reasons.append('case when ' ~ is_wrong ~ ' then ' ~ onerow.literal('invalid_' ~ column.data_type ~ ':' ~ column.name) ~ ' end') -%}
        {%- endif -%}
    {%- endfor -%}
nullif(array_remove(array[
    {{ (reasons + more) | join(',\n    ') }}
]::text[], null), '{}')
{%- endmacro %}
