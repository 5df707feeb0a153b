{#- One row a figure of each of the newest runs of `onerow reconcile`, with the number of windows in which it differed. `recency` is 1 for
    the newest run of a mart. `marts` and `last` are SQL: an array of names in the ledger, and how many runs of each. Runs are found one by
    one along an index, because a run with windows is thousands of rows. Python renders this file with Jinja alone, like ledger_ddl. -#}
{% macro runs_of_marts(schema, marts, last) %}
{%- set reconciliations = '"' ~ schema | replace('"', '""') ~ '".reconciliations' -%}
with recursive runs as (
    -- Behind every run there is, so that the newest is found as any earlier one is.
    select
        marts.model,
        'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid as run_id,
        'infinity'::timestamptz as reconciled_at,
        0 as recency
    from unnest({{ marts }}) as marts (model)

    union all

    select
        runs.model,
        earlier.run_id,
        earlier.reconciled_at,
        runs.recency + 1
    from runs
    cross join lateral (
        select
            reconciliations.run_id,
            reconciliations.reconciled_at
        from {{ reconciliations }} as reconciliations
        where reconciliations.model = runs.model
            and (reconciliations.reconciled_at, reconciliations.run_id) < (runs.reconciled_at, runs.run_id)
        order by reconciliations.reconciled_at desc, reconciliations.run_id desc
        limit 1
    ) as earlier
    where runs.recency < {{ last }}
)

select
    runs.model,
    runs.run_id,
    runs.reconciled_at,
    runs.recency,
    figures.check_name,
    figures.figure,
    figures.source_value,
    figures.destination_value,
    figures.is_difference,
    figures.differing_windows
from runs
cross join lateral (
    select
        of_run.check_name,
        of_run.figure,
        max(of_run.source_value) filter (where of_run.window_start is null) as source_value,
        max(of_run.destination_value) filter (where of_run.window_start is null) as destination_value,
        bool_or(of_run.status = 'difference') as is_difference,
        count(*) filter (where of_run.window_start is not null and of_run.status = 'difference') as differing_windows
    from {{ reconciliations }} as of_run
    where of_run.run_id = runs.run_id and of_run.model = runs.model
    group by of_run.check_name, of_run.figure
) as figures
order by runs.model, runs.recency, figures.check_name, figures.figure
{%- endmacro %}
