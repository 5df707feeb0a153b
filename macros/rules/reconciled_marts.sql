{#- The marts that the models under models/monitoring watch: all of this project that have meta.onerow.source. Refs cannot come from
    the graph, which dbt has only after parsing, so they are listed, once, here; a test holds the list against the manifest. -#}
{% macro reconciled_marts() %}
    {{- return([
        ref('devices'),
        ref('orders'),
        ref('order_lines'),
        ref('device_readings'),
        ref('device_events'),
    ]) -}}
{% endmacro %}
