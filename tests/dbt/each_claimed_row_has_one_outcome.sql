-- Guarantee: claim, load and counts commit together, and no row vanishes. A claim's outcomes add up to the rows that it claimed.
select
    claims.model,
    claims.batch_no,
    claims.attempt,
    claims.row_count,
    coalesce(sum(load_outcomes.row_count), 0) as outcomes
from {{ source('ledger', 'claims') }} as claims
left join {{ source('ledger', 'load_outcomes') }} as load_outcomes
    on load_outcomes.model = claims.model
    and load_outcomes.batch_no = claims.batch_no
    and load_outcomes.attempt = claims.attempt
group by claims.model, claims.batch_no, claims.attempt, claims.row_count
having claims.row_count <> coalesce(sum(load_outcomes.row_count), 0)
