{#- A temporary relation of this load. The one place that decides where incoming rows and plans are kept. The name carries the
    run, because parts of dbt look columns up by name alone. -#}
{% macro scratch_relation(purpose) %}
    {{- return(api.Relation.create(identifier='onerow_' ~ purpose ~ '_' ~ local_md5(invocation_id ~ model.unique_id)[:12])) -}}
{% endmacro %}
