{#- One row a figure of each run of `onerow reconcile`, with the number of windows in which it differed. `recency` is 1 for the newest run
    of a mart. Python renders this file with Jinja alone, like ledger_ddl. -#}
{% macro runs_of_marts(schema) %}
{%- set schema_name = '"' ~ schema | replace('"', '""') ~ '"' -%}
select
    runs.model,
    runs.run_id,
    runs.reconciled_at,
    runs.recency,
    figures.check_name,
    figures.figure,
    max(figures.source_value) filter (where figures.window_start is null) as source_value,
    max(figures.destination_value) filter (where figures.window_start is null) as destination_value,
    bool_or(figures.status = 'difference') as is_difference,
    count(*) filter (where figures.window_start is not null and figures.status = 'difference') as differing_windows
from (
    select
        reconciliations.model,
        reconciliations.run_id,
        reconciliations.reconciled_at,
        row_number() over (
            partition by reconciliations.model
            order by reconciliations.reconciled_at desc, reconciliations.run_id
        ) as recency
    from {{ schema_name }}.reconciliations as reconciliations
    group by reconciliations.model, reconciliations.run_id, reconciliations.reconciled_at
) as runs
inner join {{ schema_name }}.reconciliations as figures
    on figures.run_id = runs.run_id and figures.model = runs.model
group by runs.model, runs.run_id, runs.reconciled_at, runs.recency, figures.check_name, figures.figure
{%- endmacro %}
