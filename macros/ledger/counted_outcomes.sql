{#- Query: how many rows of each batch had which outcome in this load. What was written counts as the database reported it, the rest as
    it was classified, and what the model's own SQL left out as it is missing. -#}
{% macro counted_outcomes(load) %}
select p.batch_no, p.outcome, count(*) as row_count
from {{ load.plan }} as p
where p.outcome not in ('new', 'modified', 'written')
group by p.batch_no, p.outcome
union all
select w.batch_no, w.outcome, w.row_count from {{ load.written }} as w
{%- if load.source %}
union all
select d.batch_no, 'filtered', d.filtered from {{ load.delivery }} as d where d.filtered > 0
{%- endif %}
{%- endmacro %}
