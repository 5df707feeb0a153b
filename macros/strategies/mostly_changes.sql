{#- Guess from a sample whether most incoming rows will have to be written. Then one guarded statement for all of them costs less than
    a look at the table beforehand, which pays off by what it spares. The guess decides the way, never the result. -#}
{% macro mostly_changes(into, load) %}
    {%- set sampled = 2000 -%}
    {%- if load.row_count < 10 * sampled -%}
        {{- return(false) -}}
    {%- endif -%}
    {{- return(run_query(
        "select coalesce(avg(case when s.outcome in ('new', 'modified') then 1 else 0 end), 0) > 0.5 from (select "
        ~ onerow.outcome_of(load) ~ ' as outcome from ' ~ load.incoming
        ~ ' as i tablesample system (' ~ (100 * sampled / load.row_count) ~ ') left join ' ~ into ~ ' as t on '
        ~ onerow.same_key(load, 't', 'i') ~ ') as s'
    ).columns[0].values()[0]) -}}
{% endmacro %}
