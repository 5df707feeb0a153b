{#- SQL expression for the name of a batch as a value of the column that marks it: what as_text has made a text of. -#}
{% macro batch_value(expression, data_type) %}
    {{- return(expression if data_type == 'text' else expression ~ '::' ~ data_type) -}}
{% endmacro %}
