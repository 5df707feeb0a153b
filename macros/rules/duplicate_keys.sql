{#- Rule: each key is one row of the mart. Violations only. -#}
{% macro duplicate_keys(mart) %}
    {{- onerow.keys_where(mart, 'is_duplicate', ['mart_rows']) -}}
{% endmacro %}
