{#- dbt's own unit test, with names that mean what PostgreSQL means by them. -#}
{% materialization unit, adapter='postgres' %}
    {%- do onerow.set_search_path() -%}
    {{ return(dbt.materialization_unit_default()) }}
{% endmaterialization %}
