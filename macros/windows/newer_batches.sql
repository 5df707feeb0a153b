{#- Query: the batches consumed before that are newer than the oldest one claimed now, with the number of their rows. -#}
{% macro newer_batches(load) %}
select p.batch_no, p.row_count
from {{ load.positions }} as p
where not p.is_claimed_now and p.position > (select min(c.position) from {{ load.positions }} as c where c.is_claimed_now)
{%- endmacro %}
