{#- The plan of a load: one narrow row an incoming row, with its outcome. Rows with a NULL in their key are left open, because an
    index finds no NULL: reopen_rows looks them up one by one afterwards. Without a look at the table every row that is neither
    refused nor beaten counts as new for now. -#}
{% macro plan_rows(into, load, look, is_repeated) %}
    {%- if is_repeated and load.is_merge -%}
        {%- do onerow.merge_repeated_keys(load) -%}
    {%- endif -%}
    {%- set is_outdated = '(i._batch_position < g.position) is true' if load.window_column else 'false' -%}
    {%- if not is_repeated -%}
        {%- set beaten = 'null' -%}
    {%- elif load.is_merge -%}
        {%- set beaten = "case when i._is_superseded then 'superseded' end" -%}
    {%- else -%}
        {%- set beaten = 'f.beaten' -%}
    {%- endif -%}
    {%- set is_small = look and onerow.is_small_batch(into, load) -%}
    {%- call statement('onerow_plan') %}
        {%- if is_small %}
        -- In the order of the keys, each lookup finds most pages of the index where the one before left them.
        select set_config('onerow.random_page_cost', current_setting('random_page_cost'), true);
        set local random_page_cost = 0.5;
        {%- endif %}
        create temporary table {{ load.plan }} on commit drop as
        {%- if beaten == 'f.beaten' %}
        with folded as (
            select
                i.ctid as row_id,
                case
                    when row_number() over by_key = 1 then null
                    {%- if load.by_position %}
                    -- The winner is of a batch consumed before: this row comes too late.
                    when not first_value(p.is_claimed_now) over by_key then 'stale'
                    {%- endif %}
                    else 'superseded'
                end as beaten
            from {{ load.incoming }} as i
            {%- if load.by_position %}
            inner join {{ load.positions }} as p on p.batch_no = i._batch_no
            {%- endif %}
            {{ onerow.join_segment(load) }}
            where not {{ onerow.is_rejected(load, 'i') }} and not ({{ is_outdated }})
            window by_key as (partition by {{ onerow.quoted_list(load.key, 'i') }} order by {{ onerow.winner_first(load, 'i') }})
        )
        {%- endif %}
        select
            i.ctid as row_id,
            {{ 'i._batch_no' if load.source else 'null::bigint' }} as batch_no,
            {{ onerow.outcome_of(
                load,
                is_outdated=is_outdated,
                beaten=beaten,
                is_open=onerow.null_in_key(load, 'i') if look else 'false',
            ) | indent(12) }} as outcome
        {%- if is_small %}
        from (select n.ctid, n.* from {{ load.incoming }} as n order by {{ onerow.quoted_list(load.key, 'n') }}) as i
        {%- else %}
        from {{ load.incoming }} as i
        {%- endif %}
        {%- if beaten == 'f.beaten' %}
        left join folded as f on f.row_id = i.ctid
        {%- endif %}
        {{ onerow.join_segment(load) }}
        left join {{ into }} as t on {{ onerow.same_key(load, 't', 'i') if look else 'false' }}
        {%- if is_small %};
        select set_config('random_page_cost', current_setting('onerow.random_page_cost'), true)
        {%- endif %}
    {%- endcall -%}
{% endmacro %}
