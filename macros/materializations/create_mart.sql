{#- An empty table of the mart's columns, by dbt's own DDL (contract, constraints, unlogged), and the columns that are ours. -#}
{% macro create_mart(into, load, temporary=false) %}
    {%- do run_query(get_create_table_as_sql(temporary, into, onerow.shape_of(load))) -%}
    {%- do onerow.add_our_columns(into, load) -%}
{% endmacro %}
