{#- A row that is a dead letter stays refused, for its letter's reasons, also where a later rule would let it through: a mart that is
    built anew agrees with those that refused the row, and only a replay, or a delivery of its own, brings it in. Letters of malformed
    lines have no natural key, and no row. That a row lies outside its batch's window is for a mart of windows alone to say. -#}
{% macro refuse_dead_letters(load) %}
    {%- set letters -%}
{{ onerow.ledger('dead_letters') }} as d
        where d.source = {{ onerow.literal(load.source) }} and d.natural_key is not null
            and exists (select from unnest(d.reasons) as r (reason) where r.reason not like 'outside_window:%')
    {%- endset -%}
    {#- Few loads meet letters of their batches: looked for by batch first, so that the others do not read their rows for it. -#}
    {%- set has_letters = 'select exists (select from ' ~ letters ~ ' and d.batch_no = any(' ~ onerow.claimed_batches() ~ '))' -%}
    {%- if load.has_rejects and run_query(has_letters).columns[0].values()[0] -%}
        {%- call statement('onerow_refuse_dead_letters') %}
        update {{ load.incoming }} as i
        set _reject_reasons = d.reasons
        from {{ letters }}
            and d.batch_no = i._batch_no and d.line_number = i._line_number
            and not {{ onerow.is_rejected(load, 'i') }}
        {%- endcall -%}
    {%- endif -%}
{% endmacro %}
