{#- A relation beside this one whose name no other run uses. -#}
{% macro run_unique(relation, purpose) %}
    {%- set suffix = '__' ~ purpose ~ '_' ~ local_md5(invocation_id ~ model.unique_id)[:12] -%}
    {{- return(make_intermediate_relation(relation, suffix)) -}}
{% endmacro %}
