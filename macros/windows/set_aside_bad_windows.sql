{#- A batch that declares a window withdraws what it does not deliver. So one that holds a reject or a malformed line, or is empty
    without leave, must not: it is quarantined with a message, its rejects become dead letters, and its siblings load. -#}
{% macro set_aside_bad_windows(load) %}
    {%- do onerow.mark_unfit_rows(load) -%}
    {%- set bad = run_query(
        'select p.batch_no, p.rejected_count + count(i._batch_no) filter (where ' ~ onerow.is_rejected(load, 'i') ~ ') as rejects'
        ~ ' from ' ~ load.positions ~ ' as p inner join ' ~ onerow.ledger('batches') ~ ' as b on b.batch_no = p.batch_no'
        ~ ' left join ' ~ load.incoming ~ ' as i on i._batch_no = p.batch_no'
        ~ ' where p.is_claimed_now and p.window_start is not null and b.released_at is null'
        ~ ' group by p.batch_no, p.rejected_count, p.row_count'
        ~ ' having p.rejected_count + count(i._batch_no) filter (where ' ~ onerow.is_rejected(load, 'i') ~ ') > 0'
        ~ (' or p.row_count = 0' if not load.allow_empty_window else '')
        ~ ' order by p.batch_no'
    ).rows -%}
    {%- set reasons = {} -%}
    {%- for batch in bad -%}
        {%- do reasons.update({
            batch['batch_no']: 'declares a window but '
                ~ (batch['rejects'] ~ ' of its rows or lines are refused' if batch['rejects'] else 'is empty')
                ~ ', so it withdraws nothing'
        }) -%}
    {%- endfor -%}
    {%- do onerow.set_aside_batches(load, reasons) -%}
{% endmacro %}
