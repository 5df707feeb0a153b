{#- The key of a row as a JSON object. -#}
{% macro dedupe_key_object(target, alias) %}
    {%- set pairs = [] -%}
    {%- for column in target.key -%}
        {%- do pairs.append(onerow.literal(column) ~ ', ' ~ alias ~ '.' ~ onerow.quoted(column)) -%}
    {%- endfor -%}
    {{- return('jsonb_build_object(' ~ pairs | join(', ') ~ ')') -}}
{% endmacro %}
