{#- dbt's table, one run at a time: built aside under a name of the run's own, swapped in and the old one dropped before the
    commit. (dbt drops after the commit under a fixed name, on which parallel runs fail.) -#}
{% materialization table, adapter='postgres' %}
    {%- set target = this.incorporate(type='table') -%}
    {%- set filled = onerow.run_unique(target, 'new') -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {%- do onerow.lock_relation(target) -%}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}

    {%- set existing = onerow.look_again(target) -%}
    {%- call statement('main') -%}{{ get_create_table_as_sql(False, filled, sql) }}{%- endcall -%}
    {%- do create_indexes(filled) -%}
    {%- do onerow.swap_in(filled, target, existing) -%}

    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {%- do apply_grants(target, config.get('grants'), should_revoke=should_revoke(existing, full_refresh_mode=True)) -%}
    {%- do persist_docs(target, model) -%}

    {{ adapter.commit() }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [target]}) }}
{% endmaterialization %}
