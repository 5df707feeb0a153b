{#- Remove the mart's rows where a batch of this load has the newest window and does not deliver them: exactly inside [start, end).
    Counted per batch beside its outcomes. A plan only counts them. -#}
{% macro withdraw_rows(into, load, only_count=false) %}
    {%- set time = 't.' ~ onerow.quoted(load.window_column) -%}
    {%- call statement('onerow_withdraw') %}
        with withdrawn as (
            {%- if only_count %}
            select s.batch_no
            from {{ into }} as t
            inner join {{ load.segments }} as s on true
            {%- else %}
            delete from {{ into }} as t
            using {{ load.segments }} as s
            {%- endif %}
            where s.is_fresh and {{ time }} >= s.starts_at and {{ time }} < s.ends_at
                and not exists (
                    select
                    from {{ load.incoming }} as i
                    inner join {{ load.plan }} as p on p.row_id = i.ctid
                    where {{ onerow.same_key(load, 'i', 't') }} and p.outcome in ('new', 'modified', 'unchanged', 'written')
                )
            {%- if not only_count %}
            returning s.batch_no
            {%- endif %}
        )

        update {{ onerow.ledger('claims') }} as c
        set withdrawn_count = w.row_count
        from (select batch_no, count(*) as row_count from withdrawn group by batch_no) as w
        where c.model = {{ onerow.literal(onerow.relation_id(this)) }} and c.batch_no = w.batch_no and c.xid = pg_current_xact_id()
    {%- endcall -%}
    {%- do load.update({'withdrawn': run_query(
        'select coalesce(sum(c.withdrawn_count), 0) from ' ~ onerow.ledger('claims') ~ ' as c where c.xid = pg_current_xact_id()'
    ).columns[0].values()[0] | int}) -%}
{% endmacro %}
