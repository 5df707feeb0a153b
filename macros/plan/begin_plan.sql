{#- Begin the transaction of a plan: one snapshot for all of it, so that a load that commits meanwhile makes no difference. The mart
    is locked against DDL before the snapshot is taken: one that a full refresh swaps in later would look empty. -#}
{% macro begin_plan(existing) %}
    {%- call statement('onerow_begin_plan') %}
        rollback;
        begin isolation level repeatable read;
        set local lock_timeout = {{ onerow.literal(var('onerow_lock_timeout', '30s')) }};
        {%- if existing is not none %}
        lock table {{ existing }} in access share mode;
        {%- endif %}
        {{ onerow.session_settings(onerow.relation_id(this)) }};
        set local application_name = {{ onerow.literal(('onerow plan ' ~ model.name)[:63]) }}
    {%- endcall -%}
{% endmacro %}
