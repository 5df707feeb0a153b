{#- What reject_reasons makes of a contract: the broken rules of each column in its order, then that the key was delivered twice. -#}
{% macro reasons_to_refuse(columns, alias, more, key=[], unique_in_batch=none) %}
    {%- set reasons = [] -%}
    {%- for column in columns -%}
        {%- for rule in onerow.column_rules(column, alias ~ '.' ~ onerow.quoted(column.name)) -%}
            {%- do reasons.append('case when ' ~ rule.is_broken ~ ' then ' ~ onerow.literal(rule.code ~ ':' ~ column.name) ~ ' end') -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- if unique_in_batch -%}
        {%- set is_broken = onerow.is_repeated_in_batch(columns, alias, key, unique_in_batch) -%}
        {%- do reasons.append('case when ' ~ is_broken ~ ' then ' ~ onerow.literal('duplicate_in_batch:' ~ key | join(',')) ~ ' end') -%}
    {%- endif -%}
nullif(array_remove(array[
    {{ (reasons + more) | join(',\n    ') }}
]::text[], null), '{}')
{%- endmacro %}
