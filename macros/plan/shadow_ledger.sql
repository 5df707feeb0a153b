{#- A ledger of this session alone, of the source's batches and the mart's claims: what a load writes there is seen by nobody, and
    waits for nobody. Holds the file that is planned as one more batch. -#}
{% macro shadow_ledger(source, plan) %}
    {%- call statement('onerow_shadow_ledger') %}
        {%- for table in ['batches', 'claims', 'load_outcomes', 'dead_letters'] %}
        create table {{ onerow.ledger(table) }} (like {{ onerow.standing_ledger(plan, table) }} including defaults including indexes);
        {%- endfor %}

        insert into {{ onerow.ledger('batches') }}
        select * from {{ onerow.standing_ledger(plan, 'batches') }} as b where b.source = {{ onerow.literal(source) }};

        insert into {{ onerow.ledger('claims') }}
        select * from {{ onerow.standing_ledger(plan, 'claims') }} as c where c.model = {{ onerow.literal(onerow.relation_id(this)) }};

        -- A row that is a dead letter stays refused (see refuse_dead_letters). Letters of consumed and of withheld batches say nothing here.
        insert into {{ onerow.ledger('dead_letters') }}
        select d.*
        from {{ onerow.standing_ledger(plan, 'dead_letters') }} as d
        inner join {{ onerow.ledger('batches') }} as b on b.batch_no = d.batch_no and b.quarantined_at is null
        where d.natural_key is not null
            and exists (select from unnest(d.reasons) as r (reason) where r.reason not like 'outside_window:%')
            and not exists (select from {{ onerow.ledger('claims') }} as c where c.batch_no = d.batch_no);
        {%- if plan.file %}

        insert into {{ onerow.ledger('batches') }}
            (batch_no, source, batch_id, content_sha256, window_start, window_end, extracted_at, location, row_count, rejected_count)
        values (
            {{ plan.file.batch_no }},
            {%- for value in [source, plan.file.batch_id, plan.file.content_sha256, plan.file.window_start, plan.file.window_end] %}
            {{ 'null' if value is none else onerow.literal(value) }},
            {%- endfor %}
            {{ 'clock_timestamp()' if plan.file.extracted_at is none else onerow.literal(plan.file.extracted_at) }},
            {{ onerow.literal(plan.file.location) }},
            {{ plan.file.row_count }},
            {{ plan.file.rejected_count }}
        );
        {%- endif %}

        analyze {{ onerow.ledger('batches') }};
        analyze {{ onerow.ledger('claims') }}
    {%- endcall -%}
{% endmacro %}
