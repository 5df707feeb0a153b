{#- Keep the refused rows of this load as dead letters, with what was delivered. A source refuses a row once, whichever mart comes
    first: the others meet the same letter. -#}
{% macro record_dead_letters(load) %}
    {%- if load.has_rejects -%}
        {%- set contract = onerow.contract_of(load.source) -%}
        {%- call statement('onerow_dead_letters') %}
            insert into {{ onerow.ledger('dead_letters') }} (source, batch_no, line_number, natural_key, reasons, raw)
            select
                {{ onerow.literal(load.source) }},
                i._batch_no,
                i._line_number,
                {{ onerow.delivered_key(contract, 'l') }},
                i._reject_reasons,
                (to_jsonb(l) - array['_batch_no', '_line_number', '_unexpected'] || coalesce(l._unexpected, '{}'))::text
            from {{ load.incoming }} as i
            inner join {{ onerow.landing_of(load.source) }} as l
                on l._batch_no = i._batch_no and l._line_number = i._line_number
            where {{ onerow.is_rejected(load, 'i') }}
            order by i._batch_no, i._line_number
            on conflict do nothing
        {%- endcall -%}
    {%- endif -%}
{% endmacro %}
