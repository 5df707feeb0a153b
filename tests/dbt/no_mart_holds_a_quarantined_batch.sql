-- Guarantee: a quarantined batch is loaded by no mart afterwards. One that was loaded before does not matter here.
select
    claims.model,
    claims.batch_no,
    claims.claimed_at,
    batches.quarantined_at
from {{ source('ledger', 'claims') }} as claims
inner join {{ source('ledger', 'batches') }} as batches on claims.batch_no = batches.batch_no
where claims.claimed_at > batches.quarantined_at
