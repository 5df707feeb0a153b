{#- Generic test: each key is exactly one row, and no part of it is NULL (a test that counts per key passes over NULL keys). For any
    model; the key is the column that the test stands under, else `key`, else the model's unique_key. -#}
{% test one_row_per_key(model, column_name=none, key=none) %}
{%- if execute -%}
    {%- set columns = [column_name] if column_name else ([key] if key is string else key) -%}
    {{ onerow.keys_not_one_row(model, columns or onerow.unique_key_of(model)) }}
{%- endif -%}
{% endtest %}
