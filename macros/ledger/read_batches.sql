{#- Set which batches claimed() lets the model's SQL read, for this transaction: the batch numbers that a query returns. -#}
{% macro read_batches(query) %}
    {%- call statement('onerow_read_batches') %}
        select set_config('onerow.claimed_batches', coalesce(array_agg(b.batch_no order by b.batch_no), '{}')::text, true)
        from ({{ query }}) as b
    {%- endcall -%}
{% endmacro %}
