{#- After a merge: a row is marked deleted by what the fields say together, which no incoming row knows alone. Only rows that this
    transaction wrote. -#}
{% macro mark_deleted(into, load) %}
    {%- for missing in onerow.missing_in_keys(load) -%}
        {%- call statement('onerow_mark_deleted') %}
            update {{ into }}
            set _deleted_at = case when {{ load.deleted_when }} then coalesce(_deleted_at, now()) end
            where (({{ load.deleted_when }}) is true) <> (_deleted_at is not null)
                and ctid = any(array(
                    select t.ctid
                    from {{ load.incoming }} as i
                    inner join {{ into }} as t on {{ onerow.same_key(load, 't', 'i', missing) }}
                    where t.xmin = pg_current_xact_id()::xid
                ))
        {%- endcall -%}
    {%- endfor -%}
{% endmacro %}
