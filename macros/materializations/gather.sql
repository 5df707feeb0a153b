{#- Bring the model's rows of the claimed batches into a temporary table: all of them, rejects and duplicates too. Returns what the
    rest of the load works with. `_line_number` and `_reject_reasons` are of the load, not of the mart. -#}
{% macro gather(options, sql) %}
    {%- set load = {
        'incoming': onerow.scratch_relation('incoming'),
        'delivery': onerow.scratch_relation('delivery'),
        'positions': onerow.scratch_relation('positions'),
        'segments': onerow.scratch_relation('segments'),
        'plan': onerow.scratch_relation('plan'),
        'written': onerow.scratch_relation('written'),
    } -%}
    {%- do load.update(options) -%}
    {%- set selected = get_column_schema_from_query(sql, config.get('sql_header')) | map(attribute='name') | list -%}
    {%- do onerow.require_columns(load, selected) -%}

    {%- if load.source -%}
        {%- do onerow.list_landed(load) -%}
    {%- endif -%}
    {%- if load.by_position -%}
        {%- do onerow.order_batches(load) -%}
    {%- endif -%}
    {%- call statement('onerow_gather') -%}
        {{ config.get('sql_header') or '' }}
        create temporary table {{ load.incoming }} on commit drop as
        {{ onerow.incoming_rows(load, sql) }}
    {%- endcall -%}
    {#- Without statistics the planner takes a small load for a large one and reads the whole mart. -#}
    {%- do run_query('analyze ' ~ load.incoming ~ ' (' ~ onerow.quoted_list(load.key) ~ ')') -%}
    {%- do load.update({
        'columns': onerow.postgres__get_columns_in_relation(load.incoming)
            | rejectattr('name', 'in', ['_line_number', '_reject_reasons', '_batch_position']) | list,
        'row_count': load_result('onerow_gather').response.rows_affected,
        'has_rejects': '_reject_reasons' in selected,
    }) -%}
    {%- if load.source -%}
        {%- if load.loader is not none -%}
            {%- do onerow.leave_to_later(load) -%}
        {%- endif -%}
        {%- do onerow.refuse_dead_letters(load) -%}
    {%- endif -%}
    {{- return(load) -}}
{% endmacro %}
