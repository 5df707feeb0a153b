{#- dbt's own test; where it stores its failures, one run at a time. -#}
{% materialization test, adapter='postgres' %}
    {%- if should_store_failures() -%}
        {%- do onerow.lock_relation(this) -%}
        {%- do onerow.look_again(this) -%}
    {%- else -%}
        {%- do onerow.set_search_path() -%}
    {%- endif -%}
    {%- set relations = dbt.materialization_test_default() -%}
    {%- do onerow.log_violations(sql) -%}
    {{ return(relations) }}
{% endmaterialization %}
