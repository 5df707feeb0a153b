{#- A batch that declares a window withdraws what it does not deliver. So one that holds a reject or a malformed line, or is empty
    without leave, must not: it is quarantined with a message, its rejects become dead letters, and its siblings load. -#}
{% macro set_aside_bad_windows(load) %}
    {%- do onerow.mark_unfit_rows(load) -%}
    {%- set bad = run_query(
        'select p.batch_no, p.rejected_count + count(i._batch_no) filter (where ' ~ onerow.is_rejected(load, 'i') ~ ') as rejects, count(i._batch_no) as row_count'
        ~ ' from ' ~ load.positions ~ ' as p inner join ' ~ onerow.ledger('batches') ~ ' as b on b.batch_no = p.batch_no'
        ~ ' left join ' ~ load.incoming ~ ' as i on i._batch_no = p.batch_no'
        ~ ' where p.is_claimed_now and p.window_start is not null and b.released_at is null'
        ~ ' group by p.batch_no, p.rejected_count, p.row_count'
        ~ ' having p.rejected_count + count(i._batch_no) filter (where ' ~ onerow.is_rejected(load, 'i') ~ ') > 0'
        ~ (' or p.row_count = 0' if not load.allow_empty_window else '')
        ~ ' order by p.batch_no'
    ).rows -%}
    {%- if bad -%}
        {%- do onerow.record_dead_letters(load) -%}
        {%- set numbers = bad | map(attribute=0) | join(', ') -%}
        {%- set reasons = {} -%}
        {%- for batch in bad -%}
            {%- do reasons.update({
                batch['batch_no']: 'declares a window but '
                    ~ (batch['rejects'] ~ ' of its rows or lines are refused' if batch['rejects'] else 'is empty')
                    ~ ', so it withdraws nothing'
            }) -%}
        {%- endfor -%}
        {%- call statement('onerow_quarantine') %}
            update {{ onerow.ledger('batches') }} as b
            set
                quarantined_at = clock_timestamp(),
                quarantine_reason = {{ onerow.literal(model.name ~ ': ') }} || r.reason
            from (
                values
                {%- for batch_no, reason in reasons.items() %}
                ({{ batch_no }}, {{ onerow.literal(reason) }}){{ ',' if not loop.last }}
                {%- endfor %}
            ) as r (batch_no, reason)
            where b.batch_no = r.batch_no;

            delete from {{ onerow.ledger('claims') }}
            where model = {{ onerow.literal(onerow.relation_id(this)) }} and xid = pg_current_xact_id() and batch_no in ({{ numbers }});

            delete from {{ load.positions }} where batch_no in ({{ numbers }});
            delete from {{ load.delivery }} where batch_no in ({{ numbers }});
            delete from {{ load.incoming }} where _batch_no in ({{ numbers }})
        {%- endcall -%}
        {%- for batch in bad -%}
            {%- do load.update({'row_count': load.row_count - batch['row_count'] | int}) -%}
            {%- do exceptions.warn(
                'model ' ~ model.name ~ ': batch ' ~ batch['batch_no'] ~ ' of ' ~ load.source ~ ' ' ~ reasons[batch['batch_no']]
                ~ ' and is quarantined. Look: onerow batches show ' ~ batch['batch_no']
                ~ '. Land a corrected delivery, or load it as it is: onerow batches release ' ~ batch['batch_no']
            ) -%}
        {%- endfor -%}
    {%- endif -%}
{% endmacro %}
