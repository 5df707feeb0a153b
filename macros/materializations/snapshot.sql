{#- dbt's own snapshot, one run at a time. -#}
{% materialization snapshot, adapter='postgres' %}
    {%- do onerow.enter_locked(this) -%}
    {{ return(dbt.materialization_snapshot_default()) }}
{% endmaterialization %}
