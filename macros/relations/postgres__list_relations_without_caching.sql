{#- dbt's own, with names that mean what PostgreSQL means by them: it looks schemas up with an operator that others may replace. -#}
{% macro postgres__list_relations_without_caching(schema_relation) %}
    {%- do onerow.set_search_path() -%}
    {{- return(dbt.postgres__list_relations_without_caching(schema_relation)) -}}
{% endmacro %}
