{#- dbt's own seed, one run at a time. -#}
{% materialization seed, adapter='postgres' %}
    {%- do onerow.enter_locked(this) -%}
    {{ return(dbt.materialization_seed_default()) }}
{% endmaterialization %}
