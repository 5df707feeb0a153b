{#- Rule: every key that a loaded batch delivered, and that was not refused, is in the mart. Violations only. -#}
{% macro missing_keys(mart) %}
    {{- onerow.keys_where(mart, 'is_missing', ['delivered_rows', 'newest_batch_no']) -}}
{% endmacro %}
