{#- Columns of a row as one text that orders two rows alike everywhere: a JSON array in C collation, numerics by value. Costly, so only
    asked where the version does not decide. -#}
{% macro content(columns, alias) %}
    {%- set arrays = [] -%}
    {#- A function takes 100 arguments at most. -#}
    {%- for some in columns | batch(50) -%}
        {%- set values = [] -%}
        {%- for column in some -%}
            {%- set expression = onerow.comparable(alias, column) -%}
            {%- do values.append('trim_scale(' ~ expression ~ ')' if column.dtype == 'numeric' else expression) -%}
        {%- endfor -%}
        {%- do arrays.append('jsonb_build_array(' ~ values | join(', ') ~ ')') -%}
    {%- endfor -%}
    {{- return('((' ~ (arrays | join(' || ') or 'null') ~ ')::text collate "C")') -}}
{% endmacro %}
