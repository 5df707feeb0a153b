{#- Generic test of a mart with meta.onerow.source: the windows that its batches declare leave no gap. -#}
{% test no_missing_windows(model) %}
{{ onerow.missing_windows(model) }}
{% endtest %}
