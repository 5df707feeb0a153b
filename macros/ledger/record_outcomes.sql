{#- Write down what became of every claimed row, in the transaction that loads it. Rows of other batches, which were only looked at
    again, are not counted a second time. -#}
{% macro record_outcomes(load) %}
    {%- call statement('onerow_outcomes') %}
        insert into {{ onerow.ledger('load_outcomes') }} (model, batch_no, attempt, outcome, row_count)
        select {{ onerow.literal(onerow.relation_id(this)) }}, d.batch_no, d.attempt, c.outcome, sum(c.row_count)
        from {{ load.delivery }} as d
        inner join (
            {{ onerow.counted_outcomes(load) | indent(12) }}
        ) as c on c.batch_no = d.batch_no
        group by d.batch_no, d.attempt, c.outcome
        order by d.batch_no, c.outcome
    {%- endcall -%}
{% endmacro %}
