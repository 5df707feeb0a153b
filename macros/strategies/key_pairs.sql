{#- The key of a row as arguments of jsonb_build_object. -#}
{% macro key_pairs(load, alias) %}
    {%- set pairs = [] -%}
    {%- for column in load.key -%}
        {%- do pairs.append(onerow.literal(column) ~ ', ' ~ alias ~ '.' ~ onerow.quoted(column)) -%}
    {%- endfor -%}
    {{- return(pairs | join(', ')) -}}
{% endmacro %}
