{#- Condition on a row of landing: a newer batch that the mart has consumed declares a window that covers the row's time. -#}
{% macro is_withdrawn(mart) %}
{%- set facts = onerow.reconciled_mart(mart) -%}
exists (
    select
    from {{ onerow.ledger('batches') }} as newer
    inner join ({{ onerow.delivered_batches(mart) }}) as consumed
        on consumed.batch_no = newer.batch_no and consumed.is_consumed and not consumed.is_quarantined
    inner join {{ onerow.ledger('batches') }} as own on own.batch_no = landing._batch_no
    where (newer.extracted_at, coalesce(newer.content_sha256, newer.batch_id), newer.batch_no)
        > (own.extracted_at, coalesce(own.content_sha256, own.batch_id), own.batch_no)
        and {{ onerow.try_cast('landing.' ~ onerow.quoted(facts.window_column), 'timestamptz') }} >= newer.window_start
        and {{ onerow.try_cast('landing.' ~ onerow.quoted(facts.window_column), 'timestamptz') }} < newer.window_end
)
{%- endmacro %}
