{#- Number the batches that this mart has consumed or just claimed, from the oldest to the newest: by the sender's time of extraction,
    then by content, so that the order of arrival does not matter. Where rows carry no version, this position is their version. -#}
{% macro order_batches(load) %}
    {%- call statement('onerow_positions') %}
        create temporary table {{ load.positions }} on commit drop as
        select
            b.batch_no,
            b.window_start,
            b.window_end,
            b.row_count,
            b.rejected_count,
            c.is_claimed_now,
            row_number() over (order by b.extracted_at, coalesce(b.content_sha256, b.batch_id), b.batch_no) as position
        from (
            -- A batch may have been claimed more than once.
            select c.batch_no, bool_or(c.xid = pg_current_xact_id()) as is_claimed_now
            from {{ onerow.ledger('claims') }} as c
            where c.model = {{ onerow.literal(onerow.relation_id(this)) }}
            group by c.batch_no
        ) as c
        inner join {{ onerow.ledger('batches') }} as b on b.batch_no = c.batch_no
    {%- endcall -%}
{% endmacro %}
