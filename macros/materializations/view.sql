{#- dbt's view, one run at a time. An unchanged view is left alone (no lock against its readers, no dependent dropped); a changed
    one is replaced in place, or dropped and made anew before the commit. Never limited by --empty or --sample: dbt bakes the
    limit into the view, and the next load of a mart alone would claim batches and read nothing. -#}
{% materialization view, adapter='postgres' %}
    {%- set target = this.incorporate(type='view') -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {%- do onerow.lock_relation(target) -%}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}

    {%- set existing = onerow.look_again(target) -%}
    {%- set view_sql = onerow.unlimited_sql(sql) -%}
    {%- if config.get('contract').enforced -%}
        {%- do get_assert_columns_equivalent(view_sql) -%}
    {%- endif -%}
    {%- set way = onerow.way_to_view(existing, view_sql) -%}

    {%- if way == 'keep' -%}
        {%- call noop_statement('main', 'VIEW UNCHANGED', 'VIEW UNCHANGED', 0) -%}{{ view_sql }}{%- endcall -%}
    {%- else -%}
        {%- if way == 'recreate' -%}
            {%- set views = onerow.take_away_dependents(existing) -%}
            {%- do adapter.drop_relation(existing) -%}
        {%- endif -%}
        {%- call statement('main') -%}
            {{ get_replace_view_sql(target, view_sql) if way == 'replace' else get_create_view_as_sql(target, view_sql) }}
        {%- endcall -%}
        {%- if way == 'recreate' -%}
            {%- do onerow.bring_back_dependents(views) -%}
        {%- endif -%}
        {%- do adapter.cache_added(target) -%}
    {%- endif -%}

    {%- do apply_grants(target, config.get('grants'), should_revoke=should_revoke(existing, full_refresh_mode=(way == 'recreate'))) -%}
    {%- do persist_docs(target, model) -%}

    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {{ adapter.commit() }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [target]}) }}
{% endmaterialization %}
