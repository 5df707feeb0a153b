{#- Rule: every key of the mart was delivered. Violations only. -#}
{% macro unexpected_keys(mart) %}
    {{- onerow.keys_where(mart, 'is_unexpected', ['mart_rows']) -}}
{% endmacro %}
