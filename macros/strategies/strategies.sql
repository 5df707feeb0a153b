{#- The incremental strategies that are ours. Any other one is left to dbt. -#}
{% macro strategies() %}
    {{- return(['upsert', 'insert_new', 'replace_window']) -}}
{% endmacro %}
