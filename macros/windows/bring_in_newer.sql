{#- A batch that arrives after a newer one has been consumed must not undo what the newer one said. Where rows are ordered by their
    batches, the newer batches' rows of the same keys (and windows) are read again from landing and compete; they are counted no
    second time. Does nothing in the usual case, when what is claimed is the newest. -#}
{% macro bring_in_newer(load, sql) %}
    {%- set is_late = run_query(
        'select coalesce(min(p.position) filter (where p.is_claimed_now) < max(p.position) filter (where not p.is_claimed_now), false)'
        ~ ' from ' ~ load.positions ~ ' as p'
    ).columns[0].values()[0] -%}
    {%- if is_late -%}
        {%- do onerow.require_newer_in_landing(load) -%}
        {%- set columns = onerow.quoted_list(onerow.column_names(load.incoming), 'm') -%}
        {%- do onerow.read_batches('select n.batch_no from (' ~ onerow.newer_batches(load) ~ ') as n') -%}
        {%- call statement('onerow_newer') %}
            insert into {{ load.incoming }}
            select {{ columns }}
            from (
                {{ onerow.incoming_rows(load, sql) }}
            ) as m
            where not {{ onerow.is_rejected(load, 'm') }}
                and (
                    ({{ onerow.quoted_list(load.key, 'm') }}) in (select {{ onerow.quoted_list(load.key, 'i') }} from {{ load.incoming }} as i)
                    or {{ onerow.null_in_key(load, 'm') }}
                    {%- if load.window_column %}
                    or exists (
                        select from {{ load.positions }} as p
                        where p.is_claimed_now and m.{{ onerow.quoted(load.window_column) }} >= p.window_start
                            and m.{{ onerow.quoted(load.window_column) }} < p.window_end
                    )
                    {%- endif %}
                )
        {%- endcall -%}
        {%- do onerow.refuse_dead_letters(load) -%}
        {%- if load.window_column -%}
            {%- do onerow.mark_unfit_rows(load) -%}
        {%- endif -%}
        {%- do load.update({'row_count': load.row_count + load_result('onerow_newer').response.rows_affected}) -%}
        {%- do onerow.read_batches('select p.batch_no from ' ~ load.positions ~ ' as p where p.is_claimed_now') -%}
    {%- endif -%}
{% endmacro %}
