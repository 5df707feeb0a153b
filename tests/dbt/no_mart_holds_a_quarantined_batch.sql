-- Guarantee: a batch that is quarantined is loaded by no mart afterwards. One that was loaded before is not this test's matter.
select
    claims.model,
    claims.batch_no,
    claims.claimed_at,
    batches.quarantined_at
from {{ source('ledger', 'claims') }} as claims
inner join {{ source('ledger', 'batches') }} as batches on batches.batch_no = claims.batch_no
where claims.claimed_at > batches.quarantined_at
