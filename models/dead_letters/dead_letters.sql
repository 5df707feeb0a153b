with

letters as not materialized (

    select * from {{ source('ledger', 'dead_letters') }}

),

batches as not materialized (

    select * from {{ source('ledger', 'batches') }}

),

reject_reasons as (

    select * from {{ ref('reject_reasons') }}

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
        earlier.history

    from letters
    inner join batches on letters.batch_no = batches.batch_no
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
    cross join lateral (
        -- A replay keeps the line number, so the letters of one row differ in their batch only.
        with recursive replayed as (
            select
                batches.replay_of as batch_no,
                1 as generation
            where batches.replay_of is not null
            union all
            select
                older.replay_of,
                replayed.generation + 1
            from replayed
            inner join batches as older on replayed.batch_no = older.batch_no
            where older.replay_of is not null
        )

        select
            jsonb_agg(
                jsonb_build_object(
                    'batch_no', refused.batch_no,
                    'reasons', refused.reasons,
                    'refused_at', to_char(refused.refused_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
                    'replayed_at', to_char(refused.settled_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
                    'replayed_by', refused.settled_by
                )
                order by replayed.generation desc
            ) as history
        from replayed
        inner join letters as refused
            on replayed.batch_no = refused.batch_no and letters.line_number = refused.line_number
    ) as earlier

)

select * from in_words
