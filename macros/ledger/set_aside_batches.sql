{#- Quarantine claimed batches before anything of them is written, in the load's own transaction: their rejects become dead letters,
    their claims and rows go, and their siblings load. `reasons` says of each, by its number, what is wrong with it. -#}
{% macro set_aside_batches(load, reasons) %}
    {%- if reasons -%}
        {%- do onerow.record_dead_letters(load) -%}
        {%- set numbers = reasons | join(', ') -%}
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
            {%- if load.by_position %}

            delete from {{ load.positions }} where batch_no in ({{ numbers }});
            {%- endif %}

            delete from {{ load.delivery }} where batch_no in ({{ numbers }})
        {%- endcall -%}
        {%- call statement('onerow_set_aside') %}
            delete from {{ load.incoming }} where _batch_no in ({{ numbers }})
        {%- endcall -%}
        {%- do load.update({'row_count': load.row_count - load_result('onerow_set_aside').response.rows_affected}) -%}
        {%- for batch_no, reason in reasons.items() -%}
            {%- do exceptions.warn(
                'model ' ~ model.name ~ ': batch ' ~ batch_no ~ ' of ' ~ load.source ~ ' ' ~ reason
                ~ ' and is quarantined. Look: onerow batches show ' ~ batch_no
                ~ '. Land a corrected delivery, or load it as it is: onerow batches release ' ~ batch_no
            ) -%}
        {%- endfor -%}
    {%- endif -%}
{% endmacro %}
