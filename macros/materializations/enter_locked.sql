{#- For materializations that are dbt's own behind our lock: its hooks outside the transaction run here, before the lock, because
    dbt ends the transaction for them; then the lock is taken and the cache is brought up to date. -#}
{% macro enter_locked(relation) %}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {%- set inside = pre_hooks | selectattr('transaction') | list -%}
    {%- do pre_hooks.clear() -%}
    {%- do pre_hooks.extend(inside) -%}
    {%- do onerow.lock_relation(relation) -%}
    {%- do onerow.look_again(relation) -%}
{% endmacro %}
