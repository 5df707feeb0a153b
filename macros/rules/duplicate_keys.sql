{#- Rule: each key is one row of the mart, or no more than meta.onerow.reconcile.fan_out. Violations only. -#}
{% macro duplicate_keys(mart) %}
    {{- onerow.keys_where(mart, 'is_duplicate', ['mart_rows']) -}}
{% endmacro %}
