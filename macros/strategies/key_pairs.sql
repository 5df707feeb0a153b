{#- The key of a row as arguments of jsonb_build_object. -#}
{% macro key_pairs(load, alias) %}
    {%- set pairs = [] -%}
    {%- for column in load.key -%}
        {%- do pairs.append(onerow.literal(column) ~ ', ' ~ alias ~ '.' ~ adapter.quote(column)) -%}
    {%- endfor -%}
    {{- return(pairs | join(', ')) -}}
{% endmacro %}
