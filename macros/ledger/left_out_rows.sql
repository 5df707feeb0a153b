{#- Query: the landed rows of these batches (an SQL array of their numbers) that the model's own SQL left out. -#}
{% macro left_out_rows(load, batch_nos) %}
select l._batch_no as batch_no, l._line_number as line_number
from {{ load.landed }} as l
where l._batch_no = any({{ batch_nos }})
    and not exists (
        select from {{ load.incoming }} as i
        where i._batch_no = l._batch_no and i._line_number = l._line_number
    )
{%- endmacro %}
