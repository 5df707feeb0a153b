{#- A load, in one transaction: lock, look again, claim, gather, write, count, commit. Models of other strategies are dbt's.
    Under `onerow plan` nothing is loaded, only planned. -#}
{% materialization incremental, adapter='postgres' %}
    {%- if onerow.is_plan() -%}
        {{ return(onerow.import_plan(model)) }}
    {%- endif -%}
    {%- if config.get('incremental_strategy') not in onerow.strategies() -%}
        {{ return(dbt.materialization_incremental_default()) }}
    {%- endif -%}
    {%- set target_relation = this.incorporate(type='table') -%}
    {%- set options = onerow.load_options() -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {%- if options.source -%}
        {%- do onerow.see_batches(options.source) -%}
    {%- endif -%}
    {%- do onerow.lock_relation(target_relation) -%}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}

    {%- set existing = onerow.look_again(target_relation) -%}
    {%- do onerow.require_plain_table(existing) -%}
    {%- set rebuild = onerow.is_rebuild(existing) -%}
    {%- set load = onerow.take_delivery(options, sql, target_relation, existing, rebuild) -%}

    {%- if rebuild -%}
        {%- set into = onerow.run_unique(target_relation, 'new') -%}
        {%- do onerow.create_mart(into, load) -%}
    {%- else -%}
        {%- set into = existing -%}
        {%- do onerow.adapt_mart(into, load) -%}
    {%- endif -%}
    {%- do onerow.cast_incoming(into, load) -%}

    {%- do onerow.write_load(into, load, is_empty=rebuild) -%}
    {%- if load.source -%}
        {%- do onerow.record_dead_letters(load) -%}
        {%- do onerow.record_outcomes(load) -%}
    {%- endif -%}
    {%- if load.strategy == 'insert_new' -%}
        {%- do onerow.list_stale(load) -%}
    {%- endif -%}
    {%- set totals = onerow.load_totals(load) -%}
    {%- call noop_statement('main', onerow.load_message(load, totals), 'LOAD', totals.get('new', 0) + totals.get('modified', 0)) -%}
        {{ onerow.upsert_rows(into, load, rebuild, whole=false) }}
    {%- endcall -%}

    {%- if rebuild -%}
        {#- Cheaper after the fill than before; and before the swap, from which on readers wait for the commit. -#}
        {%- do onerow.ensure_unique_index(into, options.key) -%}
        {%- do create_indexes(into) -%}
        {%- do onerow.swap_in(into, target_relation, existing) -%}
        {%- if options.source -%}
            {%- do onerow.settle_claims(target_relation) -%}
        {%- endif -%}
    {%- endif -%}
    {%- do apply_grants(target_relation, config.get('grants'), should_revoke=should_revoke(existing, full_refresh_mode=rebuild)) -%}
    {%- do persist_docs(target_relation, model) -%}

    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {{ adapter.commit() }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}
