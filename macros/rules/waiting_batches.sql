{#- The batches that have landed and that the mart's next load will claim, the oldest first. -#}
{% macro waiting_batches(mart) %}
{%- if execute %}
select
    batches.batch_no,
    batches.batch_id,
    batches.row_count,
    batches.landed_at
from ({{ onerow.delivered_batches(mart) }}) as batches
where batches.is_waiting
order by batches.batch_no
{%- endif %}
{%- endmacro %}
