{#- By how many rows the sums of both sides may differ, as an SQL expression; NULL where meta.onerow.reconcile.counts_tolerance says
    nothing. A share is one of the source's rows, rounded down. `onerow reconcile` has the same in Python for a mart that is compared with a
    source of its own: tolerated_rows in scripts/onerow/reconcile/request.py. -#}
{% macro tolerated_rows(tolerance, source_rows) %}
    {%- if tolerance is none -%}
        null::bigint
    {%- elif tolerance is integer -%}
        {{ tolerance }}::bigint
    {%- else -%}
        floor({{ source_rows }} * {{ tolerance }}::numeric)::bigint
    {%- endif -%}
{% endmacro %}
