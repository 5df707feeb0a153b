{#- SQL expression for a delivered text without the blanks around it: what is nothing but blanks counts as missing. -#}
{% macro without_blanks(value) %}
    {{- return('btrim(' ~ value ~ ", e' \\t\\r\\n')") -}}
{% endmacro %}
