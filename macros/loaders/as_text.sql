{#- SQL expression for a value as the text that landing would hold: a time with its offset, a number with all its digits. -#}
{% macro as_text(expression, data_type) %}
    {%- if data_type in ('text', 'varchar', 'character varying', 'json', 'jsonb') -%}
        {{- return(expression ~ '::text') -}}
    {%- endif -%}
    {{- return('(to_jsonb(' ~ expression ~ ") #>> '{}')") -}}
{% endmacro %}
