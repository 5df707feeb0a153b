{#- What the next load of this mart would make of each row, without the load. It takes the load's own steps, up to where a row would be
    written: so there is one classification. What a load writes on the way goes to tables of this session: `onerow plan` sets
    onerow_schema to pg_temp, where shadow_ledger puts a ledger, and the transaction is rolled back. No lock is taken that a load
    waits for. -#}
{% macro import_plan(model) %}
    {%- set plan = var('onerow_plan') -%}
    {%- set strategy = model.config.incremental_strategy -%}
    {%- if strategy not in onerow.strategies() or var('onerow_schema') != 'pg_temp' -%}
        {%- do onerow.raise_if_any('model ' ~ model.name, [
            'a plan is made by `onerow plan`, of a mart with one of the strategies ' ~ onerow.strategies() | join(', ')
        ]) -%}
    {%- endif -%}
    {%- set target_relation = this.incorporate(type='table') -%}
    {%- set options = onerow.load_options() -%}
    {%- do onerow.set_search_path() -%}
    {%- set existing = onerow.look_again(target_relation) -%}
    {%- do onerow.require_plain_table(existing) -%}
    {%- set rebuild = onerow.is_rebuild(existing) -%}

    {%- do onerow.begin_plan(none if rebuild else existing) -%}
    {%- do onerow.shadow_ledger(options.source, plan) -%}
    {%- if plan.file -%}
        {%- do onerow.shadow_landing(options.source, plan) -%}
        {#- The file comes last, so a limit would leave it out. -#}
        {%- do options.update({'max_batches': none}) -%}
    {%- endif -%}

    {%- set load = onerow.take_delivery(options, model.compiled_code, target_relation, existing, rebuild) -%}
    {%- do load.update({'is_rebuild': rebuild}) -%}
    {%- set into = onerow.planned_mart(existing, load, rebuild) -%}
    {%- do onerow.cast_incoming(into, load) -%}
    {%- do onerow.plan_rows(into, load, look=true, is_repeated=onerow.has_repeated_keys(load)) -%}
    {%- do onerow.settle_plan(into, load) -%}
    {%- if load.window_column -%}
        {%- do onerow.require_one_time(into, load) -%}
        {%- do onerow.withdraw_rows(into, load, only_count=true) -%}
    {%- endif -%}
    {%- do onerow.record_dead_letters(load) -%}
    {%- do onerow.record_outcomes(load) -%}
    {%- set report = onerow.plan_report(into, load, plan) -%}

    {%- call statement('onerow_rollback', auto_begin=False) -%} rollback {%- endcall -%}
    {%- call noop_statement('main', report, 'PLAN', 0) -%} {{ model.compiled_code }} {%- endcall -%}
    {{- return({'relations': []}) -}}
{% endmacro %}
