{#- on-run-start: make what is missing of the ledger and of the landing tables, so that `dbt run` works before the first batch.
    The scripts look first; where everything is there they write nothing. -#}
{% macro setup_ledger() %}
    {%- if execute and flags.WHICH in ('run', 'build', 'seed', 'snapshot', 'test', 'clone', 'run-operation') -%}
        {%- call statement('onerow_setup', fetch_result=True) %}
            {{ onerow.local_search_path() }}
            {{ onerow.ledger_ddl(var('onerow_schema', 'onerow')) }}
            {%- for contract in onerow.contracts() if onerow.loader_of(contract) is none %}
            {{ onerow.landing_ddl(contract.schema, contract.identifier, onerow.delivered_columns(contract)) }}
            {%- endfor %}
            select current_setting('onerow.left_out')
        {%- endcall -%}
        {%- set left_out = load_result('onerow_setup').table.columns[0].values()[0] -%}
        {%- if left_out -%}
            {%- do log('onerow leaves out of the search_path: ' ~ left_out ~ '. Revoke the right, or name the roles in the var onerow_trusted_roles', info=True) -%}
        {%- endif -%}
    {%- endif -%}
{% endmacro %}
