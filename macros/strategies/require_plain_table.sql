{#- Refuse a target that is a partitioned or foreign table: PostgreSQL does not tell there which rows a statement inserted and which
    it updated, so they could not be counted, and a full refresh would put an ordinary table in its place. -#}
{% macro require_plain_table(existing) %}
    {%- set kinds = {'p': 'partitioned', 'f': 'foreign'} -%}
    {%- set kind = kinds.get(run_query(
        'select c.relkind::text from pg_catalog.pg_class as c where c.oid = ' ~ onerow.literal(existing) ~ '::regclass'
    ).columns[0].values()[0]) if existing is not none -%}
    {%- if kind -%}
        {%- do onerow.raise_if_any('model ' ~ model.name, [
            onerow.relation_id(existing) ~ ' is a ' ~ kind ~ ' table, where the rows of a load cannot be counted;'
            ~ ' give the mart another alias, or leave this table to a strategy of dbt'
        ]) -%}
    {%- endif -%}
{% endmacro %}
