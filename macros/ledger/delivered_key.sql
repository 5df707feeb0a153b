{#- The natural key of a landed row as jsonb, as it was delivered. -#}
{% macro delivered_key(contract, alias) %}
    {%- set pairs = [] -%}
    {%- for field in contract.config.meta.onerow.natural_key -%}
        {%- do pairs.append(onerow.literal(field) ~ ', ' ~ alias ~ '.' ~ onerow.quoted(field)) -%}
    {%- endfor -%}
    {{- return('jsonb_build_object(' ~ pairs | join(', ') ~ ')') -}}
{% endmacro %}
