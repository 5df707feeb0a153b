{#- on-run-start: make what is missing of the ledger and of the landing tables, so that `dbt run` works before the first batch.
    The scripts look first; where everything is there they write nothing. -#}
{% macro setup_ledger() %}
    {%- if execute and flags.WHICH in ('run', 'build', 'seed', 'snapshot', 'test', 'clone', 'run-operation') -%}
        {%- call statement('onerow_setup') %}
            {{ onerow.ledger_ddl(var('onerow_schema', 'onerow')) }}
            {%- for contract in onerow.contracts() if onerow.loader_of(contract) is none %}
            {{ onerow.landing_ddl(contract.schema, contract.identifier, onerow.delivered_columns(contract)) }}
            {%- endfor %}
        {%- endcall -%}
    {%- endif -%}
{% endmacro %}
