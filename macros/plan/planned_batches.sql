{#- Query: the batches of a plan as one JSON array. Those that the load would claim, with the outcomes of their rows, and those that it
    would set aside, with the reason. The file that has not landed has no number. -#}
{% macro planned_batches(plan, model_id) %}
select coalesce(jsonb_agg(
    jsonb_build_object(
        'batch_no', {{ 'nullif(b.batch_no, ' ~ plan.file.batch_no ~ ')' if plan.file else 'b.batch_no' }},
        'batch_id', b.batch_id,
        'location', b.location,
        'row_count', b.row_count,
        'rejected_count', b.rejected_count,
        'outcomes', coalesce(o.outcomes, '{}'),
        'withdrawn_count', coalesce(c.withdrawn_count, 0),
        'set_aside', case when c.batch_no is null then b.quarantine_reason end
    )
    order by b.batch_no
), '[]')
from {{ onerow.ledger('batches') }} as b
left join {{ onerow.ledger('claims') }} as c
    on c.model = {{ model_id }} and c.batch_no = b.batch_no and c.xid = pg_current_xact_id()
left join (
    select l.batch_no, jsonb_object_agg(l.outcome, l.row_count) as outcomes
    from {{ onerow.ledger('load_outcomes') }} as l
    group by l.batch_no
) as o on o.batch_no = c.batch_no
where c.batch_no is not null or (
    b.quarantined_at is not null
    and not exists (
        select from {{ onerow.standing_ledger(plan, 'batches') }} as s
        where s.batch_no = b.batch_no and s.quarantined_at is not null
    )
)
{%- endmacro %}
