{#- After a write: rows that the plan wanted written and that are not there, because a foreign writer came in between, are classified
    again, with those that were left open. What we have written carries this transaction's id, which no other writer's row can, and a
    command of its writes: a hook, or a column that changed its type, may have rewritten the table in this transaction before. -#}
{% macro reopen_rows(into, load) %}
    {%- set is_ours = 't.xmin = pg_current_xact_id()::xid and t.cmin::text::bigint >= (select min(w.cmin::text::bigint) from ' ~ load.written ~ ' as w)' -%}
    {%- for missing in onerow.missing_in_keys(load) -%}
        {%- call statement('onerow_reopen') %}
            update {{ load.plan }} as p
            set outcome = 'written'
            from {{ load.incoming }} as i
            inner join {{ into }} as t on {{ onerow.same_key(load, 't', 'i', missing) }}
            where p.row_id = i.ctid and p.outcome in ('new', 'modified') and {{ is_ours }};

            update {{ load.plan }} as p
            set outcome = {{ onerow.outcome_of(load) | indent(16) }}
            from {{ load.incoming }} as i
            {{ onerow.join_segment(load) }}
            left join {{ into }} as t on {{ onerow.same_key(load, 't', 'i', missing) }}
            where p.row_id = i.ctid and (p.outcome is null or p.outcome in ('new', 'modified')) and {{ onerow.lacks_just(load, 'i', missing) }}
        {%- endcall -%}
    {%- endfor -%}
{% endmacro %}
