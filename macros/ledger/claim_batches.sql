{#- Claim every batch of the source that has landed, is not quarantined and that this table has not consumed as it is now; at most `limit`
    of them, the oldest first. One of another loader that has grown since is claimed again, as a new attempt. By set difference, never by a high-water mark: a batch that commits late is not missed. Claims of
    another table under this name are void and go first, their outcomes with them. A batch that is being quarantined at this moment
    is waited for and looked at again: the check of the foreign key would wait as well, but then let the claim stand. -#}
{% macro claim_batches(target_id, relation_oid, source, limit=none) %}
    {%- call statement('onerow_claim') %}
        delete from {{ onerow.ledger('claims') }}
        where model = {{ onerow.literal(target_id) }}
            {%- if relation_oid is not none %}
            and relation_oid is distinct from {{ relation_oid }}
            {%- endif %};

        insert into {{ onerow.ledger('claims') }} (model, batch_no, attempt, relation_oid, source, row_count, invocation_id, xid)
        select
            {{ onerow.literal(target_id) }},
            b.batch_no,
            1 + coalesce((
                select max(c.attempt) from {{ onerow.ledger('claims') }} as c
                where c.model = {{ onerow.literal(target_id) }} and c.batch_no = b.batch_no
            ), 0),
            {{ relation_oid if relation_oid is not none else 'null' }},
            b.source,
            b.row_count,
            {{ onerow.literal(invocation_id) }},
            pg_current_xact_id()
        from {{ onerow.ledger('batches') }} as b
        where b.source = {{ onerow.literal(source) }}
            and b.quarantined_at is null
            and {{ 'false' if onerow.is_limited() else 'true' }}
            and not exists (
                select from {{ onerow.ledger('claims') }} as c
                where c.model = {{ onerow.literal(target_id) }} and c.batch_no = b.batch_no and c.row_count >= b.row_count
            )
        order by b.batch_no
        {%- if limit is not none %}
        limit {{ limit }}
        {%- endif %}
        for key share of b
    {%- endcall -%}
    {%- do onerow.read_batches(
        'select c.batch_no from ' ~ onerow.ledger('claims') ~ ' as c where c.model = ' ~ onerow.literal(target_id)
        ~ ' and c.xid = pg_current_xact_id()'
    ) -%}
{% endmacro %}
