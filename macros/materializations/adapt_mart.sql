{#- Make an existing table fit the load: its columns, and the unique index. -#}
{% macro adapt_mart(into, load) %}
    {%- do onerow.adapt_columns(into, load) -%}
    {%- do onerow.ensure_unique_index(into, load.key) -%}
{% endmacro %}
