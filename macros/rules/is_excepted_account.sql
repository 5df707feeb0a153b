{#- Condition on a row of accounts: an exception to rows_not_accounted_for covers it. -#}
{% macro is_excepted_account(mart) %}
    {{- onerow.is_excepted(
        mart, 'rows_not_accounted_for',
        "jsonb_build_object('batch_no', accounts.batch_no, 'figure', accounts.figure)"
    ) -}}
{% endmacro %}
