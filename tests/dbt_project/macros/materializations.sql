{#- dbt takes a package's form of its own materializations only where the project itself says so. -#}
{% materialization incremental, adapter='postgres' %}
    {{ return(onerow.materialization_incremental_postgres()) }}
{% endmaterialization %}

{% materialization view, adapter='postgres' %}
    {{ return(onerow.materialization_view_postgres()) }}
{% endmaterialization %}

{% materialization table, adapter='postgres' %}
    {{ return(onerow.materialization_table_postgres()) }}
{% endmaterialization %}

{% materialization seed, adapter='postgres' %}
    {{ return(onerow.materialization_seed_postgres()) }}
{% endmaterialization %}

{% materialization snapshot, adapter='postgres' %}
    {{ return(onerow.materialization_snapshot_postgres()) }}
{% endmaterialization %}

{% materialization test, adapter='postgres' %}
    {{ return(onerow.materialization_test_postgres()) }}
{% endmaterialization %}
