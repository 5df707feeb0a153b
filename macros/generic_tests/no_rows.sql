{#- Generic test of a model that returns violations: there are none. -#}
{% test no_rows(model) %}
select * from {{ model }}
{% endtest %}
