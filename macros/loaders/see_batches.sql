{#- Before a load: give the batches that another loader has landed their numbers, in a transaction of their own, so that loads of the same
    source do not wait for each other. The next one is begun at once: after a COMMIT that dbt sends, its driver begins none. -#}
{% macro see_batches(source) %}
    {%- set contract = onerow.contract_of(source) -%}
    {%- if onerow.loader_of(contract) is not none -%}
        {%- call statement('onerow_see_batches') %}
            {{ onerow.session_settings(onerow.relation_id(this)) }}
            {{ onerow.register_batches(var('onerow_schema', 'onerow'), contract) }}
            commit;
            begin
        {%- endcall -%}
    {%- endif -%}
{% endmacro %}
