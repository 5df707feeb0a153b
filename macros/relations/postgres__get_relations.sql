{#- dbt's own, with names that mean what PostgreSQL means by them. dbt calls it by this name, not by dispatch. -#}
{% macro postgres__get_relations() %}
    {%- do onerow.set_search_path() -%}
    {{- return(dbt.postgres__get_relations()) -}}
{% endmacro %}
