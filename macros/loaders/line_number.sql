{#- SQL expression for the number of a row in its batch: what identifies it, where that is a whole number, else its hash. -#}
{% macro line_number(expression, data_type) %}
    {%- if data_type in ('smallint', 'integer', 'int', 'bigint') -%}
        {{- return(expression ~ '::bigint') -}}
    {%- endif -%}
    {{- return('hashtextextended(' ~ onerow.as_text(expression, data_type) ~ ', 0)') -}}
{% endmacro %}
