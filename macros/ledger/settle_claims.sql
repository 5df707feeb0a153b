{#- After a swap: the claims of this transaction are those of the table that now stands under the name. -#}
{% macro settle_claims(relation) %}
    {%- do run_query(
        'update ' ~ onerow.ledger('claims')
        ~ ' set relation_oid = ' ~ onerow.literal(relation) ~ '::regclass::oid'
        ~ ' where xid = pg_current_xact_id() and model = ' ~ onerow.literal(onerow.relation_id(relation))
    ) -%}
{% endmacro %}
