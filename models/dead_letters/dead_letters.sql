with recursive

letters as not materialized (

    select * from {{ source('ledger', 'dead_letters') }}

),

batches as not materialized (

    select * from {{ source('ledger', 'batches') }}

),

reject_reasons as (

    select * from {{ ref('reject_reasons') }}

),

-- Each replay with the batches that it goes back to, the nearest first.
replays as (

    select
        batches.batch_no,
        batches.replay_of as earlier_batch_no,
        1 as generation
    from batches
    where batches.replay_of is not null

    union all

    select
        replays.batch_no,
        earlier.replay_of as earlier_batch_no,
        replays.generation + 1 as generation
    from replays
    inner join batches as earlier on replays.earlier_batch_no = earlier.batch_no
    where earlier.replay_of is not null

),

-- A replay keeps the line number, so the letters of one row differ in their batch only.
histories as (

    select
        replays.batch_no,
        letters.line_number,
        jsonb_agg(
            jsonb_build_object(
                'batch_no', letters.batch_no,
                'reasons', letters.reasons,
                'refused_at', to_char(letters.refused_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
                'replayed_at', to_char(letters.settled_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
                'replayed_by', letters.settled_by
            )
            order by replays.generation desc
        ) as history
    from replays
    inner join letters on replays.earlier_batch_no = letters.batch_no
    group by replays.batch_no, letters.line_number

),

in_words as (

    select
        ---------- keys
        letters.source,
        letters.batch_no,
        letters.line_number,

        ---------- where it came from
        batches.batch_id,
        batches.location,

        ---------- what was refused, and why
        letters.natural_key,
        letters.reasons,
        explained.explanation,
        explained.remedy,
        letters.raw,

        ---------- what became of it
        letters.status,
        letters.refused_at,
        letters.replayed_as,
        letters.settled_at,
        letters.settled_by,
        letters.settled_reason,

        ---------- what it was before
        batches.replay_of,
        histories.history

    from letters
    inner join batches on letters.batch_no = batches.batch_no
    left join histories on letters.batch_no = histories.batch_no and letters.line_number = histories.line_number
    cross join lateral (
        -- A reason is code:column, or malformed:detail. A code that is not known there stands for itself.
        select
            string_agg(
                concat_ws(
                    ': ',
                    nullif(substr(reasons.reason, length(split_part(reasons.reason, ':', 1)) + 2), ''),
                    coalesce(reject_reasons.description, reasons.reason)
                ),
                ' ' order by reasons.position
            ) as explanation,
            string_agg(distinct reject_reasons.remedy, ' ') as remedy
        from unnest(letters.reasons) with ordinality as reasons (reason, position)
        left join reject_reasons on split_part(reasons.reason, ':', 1) = reject_reasons.code
    ) as explained

)

select * from in_words
