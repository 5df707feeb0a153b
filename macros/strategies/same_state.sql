{#- Condition: row a says nothing that row b does not hold already. To replace, their compared states are equal; to merge, each value
    that a delivers is b's, and not of a newer version there. -#}
{% macro same_state(load, a, b) %}
    {%- set conditions = [] -%}
    {%- for column in onerow.compared_columns(load) -%}
        {%- set equal = onerow.comparable(a, column) ~ ' is not distinct from ' ~ onerow.comparable(b, column) -%}
        {%- if load.is_merge and column.name != load.version -%}
            {%- do conditions.append(
                '(' ~ a ~ '.' ~ onerow.quoted(column.name) ~ ' is null or (' ~ equal ~ ' and not '
                ~ onerow.exceeds(onerow.field_version(load, column, a), onerow.field_version(load, column, b)) ~ '))'
            ) -%}
        {%- else -%}
            {%- do conditions.append(equal) -%}
        {%- endif -%}
    {%- endfor -%}
    {{- return('(' ~ (conditions | join(' and ') or 'true') ~ ')') -}}
{% endmacro %}
