{#- Generic test of a mart with meta.onerow.source: for each batch, what was recorded of its rows equals what can be counted. -#}
{% test rows_accounted_for(model) %}
{{ onerow.rows_not_accounted_for(model) }}
{% endtest %}
