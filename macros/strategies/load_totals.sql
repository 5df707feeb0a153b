{#- How many delivered rows of this load had which outcome, over all batches: a dictionary of counts. -#}
{% macro load_totals(load) %}
    {%- set totals = {} -%}
    {%- for row in run_query(
        'select c.outcome, sum(c.row_count) from (' ~ onerow.counted_outcomes(load) ~ ') as c'
        ~ (' inner join ' ~ load.delivery ~ ' as d on d.batch_no = c.batch_no' if load.source else '') ~ ' group by c.outcome'
    ).rows -%}
        {%- do totals.update({row[0]: row[1] | int}) -%}
    {%- endfor -%}
    {{- return(totals) -}}
{% endmacro %}
