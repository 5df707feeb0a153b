{#- The accounts of a mart, one row a batch and figure: what can be counted now beside what was recorded when it happened. `batch_no`
    is NULL for the figure that concerns the mart as a whole. Both sides come from different places, so that no figure vouches for
    itself: a staging view that returns nothing makes a load record everything as filtered, and that differs from what was counted. -#}
{% macro accounts(mart) %}
{%- set facts = onerow.reconciled_mart(mart) -%}
select
    per_batch.batch_no,
    figures.figure,
    figures.counted,
    figures.recorded
from (
    select
        coalesce(batches.batch_no, landed._batch_no) as batch_no,
        coalesce(batches.is_consumed, false) as is_consumed,
        coalesce(batches.is_quarantined, false) as is_quarantined,
        coalesce(batches.row_count, 0) as row_count,
        coalesce(batches.rejected_count, 0) as rejected_count,
        batches.claimed_row_count,
        coalesce(landed.rows, 0) as landed_rows,
        coalesce(landed.refused_rows, 0) as refused_rows,
        coalesce(landed.left_out_rows, 0) as left_out_rows,
        coalesce(malformed.lines, 0) as malformed_lines,
        coalesce(outcomes.rows, 0) as outcome_rows,
        coalesce(outcomes.rejected, 0) as rejected_rows,
        coalesce(outcomes.filtered, 0) as filtered_rows
    from ({{ onerow.delivered_batches(mart) }}) as batches
    -- Full, because rows in landing may belong to no batch at all.
    full join (
        select
            rows._batch_no,
            count(*) as rows,
            count(*) filter (where rows.is_refused and rows.is_expected) as refused_rows,
            count(*) filter (where not rows.is_expected) as left_out_rows
        from ({{ onerow.delivered_rows(mart) }}) as rows
        group by rows._batch_no
    ) as landed
        on landed._batch_no = batches.batch_no
    left join (
        select
            dead_letters.batch_no,
            count(*) as lines
        from {{ onerow.ledger('dead_letters') }} as dead_letters
        where dead_letters.source = {{ onerow.literal(facts.source) }}
            and not exists (
                select from {{ facts.landing }} as landing
                where landing._batch_no = dead_letters.batch_no and landing._line_number = dead_letters.line_number
            )
        group by dead_letters.batch_no
    ) as malformed
        on malformed.batch_no = batches.batch_no
    left join (
        select
            load_outcomes.batch_no,
            load_outcomes.attempt,
            sum(load_outcomes.row_count) as rows,
            sum(load_outcomes.row_count) filter (where load_outcomes.outcome = 'rejected') as rejected,
            sum(load_outcomes.row_count) filter (where load_outcomes.outcome = 'filtered') as filtered
        from {{ onerow.ledger('load_outcomes') }} as load_outcomes
        where load_outcomes.model = {{ onerow.literal(facts.id) }}
        group by load_outcomes.batch_no, load_outcomes.attempt
    ) as outcomes
        on outcomes.batch_no = batches.batch_no and outcomes.attempt = batches.attempt
) as per_batch
cross join lateral (
    values
    ('landed_rows', per_batch.landed_rows, per_batch.row_count, not per_batch.is_quarantined),
    ('malformed_lines', per_batch.malformed_lines, per_batch.rejected_count, not per_batch.is_quarantined),
    ('claimed_rows', per_batch.landed_rows, per_batch.claimed_row_count, per_batch.is_consumed),
    ('outcome_rows', per_batch.landed_rows, per_batch.outcome_rows, per_batch.is_consumed),
    ('rejected_rows', per_batch.refused_rows, per_batch.rejected_rows, per_batch.is_consumed),
    ('filtered_rows', per_batch.left_out_rows, per_batch.filtered_rows, per_batch.is_consumed),
    -- Quarantined after it was loaded: its rows do not belong into the mart any more.
    ('quarantined_rows', 0, per_batch.claimed_row_count, per_batch.is_consumed and per_batch.is_quarantined)
) as figures (figure, counted, recorded, applies)
where figures.applies

union all

select
    null,
    'mart_rows',
    (select count(*) from {{ facts.relation }}),
    (
        select coalesce(sum(load_outcomes.row_count), 0)
        from {{ onerow.ledger('load_outcomes') }} as load_outcomes
        inner join ({{ onerow.delivered_batches(mart) }}) as batches
            on batches.batch_no = load_outcomes.batch_no and batches.is_consumed
        where load_outcomes.model = {{ onerow.literal(facts.id) }} and load_outcomes.outcome = 'new'
    ) - (
        select coalesce(sum(batches.withdrawn_count), 0)
        from ({{ onerow.delivered_batches(mart) }}) as batches
        where batches.is_consumed
    )
{%- endmacro %}
