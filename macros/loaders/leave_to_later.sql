{#- Take rows out of the load that came into another loader's table after its rows were listed. -#}
{% macro leave_to_later(load) %}
    {%- call statement('onerow_leave_to_later') %}
        delete from {{ load.incoming }} as i
        where i._batch_no = any({{ onerow.claimed_batches() }})
            and not exists (
                select from {{ load.landed }} as l where l._batch_no = i._batch_no and l._line_number = i._line_number
            )
    {%- endcall -%}
    {%- do load.update({'row_count': load.row_count - load_result('onerow_leave_to_later').response.rows_affected}) -%}
{% endmacro %}
