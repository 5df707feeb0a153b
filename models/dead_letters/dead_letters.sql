with

letters as (

    select * from {{ source('ledger', 'dead_letters') }}

),

batches as (

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
        letters.refused_at

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

)

select * from in_words
