{#- Add the columns that onerow keeps for itself where the table has them not: they need no full refresh. -#}
{% macro add_our_columns(into, load) %}
    {%- set there = onerow.column_names(into) -%}
    {%- for name, data_type in onerow.our_columns(load).items() if name not in there -%}
        {%- do run_query('alter table ' ~ into ~ ' add column ' ~ name ~ ' ' ~ data_type) -%}
    {%- endfor -%}
{% endmacro %}
