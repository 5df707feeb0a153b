{#- How many rows have no settled outcome yet: left open by the plan, or wanted written and not come back from the write. -#}
{% macro open_rows(load) %}
    {{- return(run_query(
        "select count(*) filter (where outcome is null or outcome in ('new', 'modified', 'written'))"
        ~ ' - (select coalesce(sum(w.row_count), 0) from ' ~ load.written ~ ' as w) from ' ~ load.plan
    ).columns[0].values()[0] | int) -}}
{% endmacro %}
