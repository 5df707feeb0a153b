{#- Condition, never NULL: the staging model gives a reason to refuse the row. -#}
{% macro is_rejected(load, alias) %}
    {{- return('(coalesce(cardinality(' ~ alias ~ '._reject_reasons), 0) > 0)' if load.has_rejects else 'false') -}}
{% endmacro %}
