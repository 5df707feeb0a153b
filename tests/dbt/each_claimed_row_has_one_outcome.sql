-- Guarantee: claim, load and counts commit together, and no row vanishes: outcomes add up to the rows claimed.
select
    claims.model,
    claims.batch_no,
    claims.attempt,
    claims.row_count,
    coalesce(sum(load_outcomes.row_count), 0) as outcomes
from {{ source('ledger', 'claims') }} as claims
left join {{ source('ledger', 'load_outcomes') }} as load_outcomes
    on
        claims.model = load_outcomes.model
        and claims.batch_no = load_outcomes.batch_no
        and claims.attempt = load_outcomes.attempt
group by claims.model, claims.batch_no, claims.attempt, claims.row_count
having claims.row_count <> coalesce(sum(load_outcomes.row_count), 0)
