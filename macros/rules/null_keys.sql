{#- Rule: no part of a natural key is NULL: neither in the mart, nor in a delivered row that was loaded and not refused.
    Violations only. -#}
{% macro null_keys(mart) %}
    {{- onerow.keys_where(mart, 'is_null', ['delivered_rows', 'mart_rows', 'newest_batch_no']) -}}
{% endmacro %}
