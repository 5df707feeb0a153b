{#- Generic test of a mart with meta.onerow.source: it has not grown by more than its source since `onerow reconcile` found them equal. -#}
{% test no_unexplained_growth(model) %}
{{ onerow.unexplained_growth(model) }}
{% endtest %}
