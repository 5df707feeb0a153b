{#- One row a mart and level that was ever compared: what its newest run said, and what was notified of the mart last (NULL where nothing
    was). A run of some levels says nothing of the others. `marts` and `levels` are SQL of arrays. Python renders this file with Jinja
    alone, like ledger_ddl. -#}
{% macro standing_verdicts(schema, marts, levels) %}
{%- set schema_name = '"' ~ schema | replace('"', '""') ~ '"' -%}
select
    marts.model,
    levels.level,
    (
        select case when bool_or(figures.status = 'difference') then 'difference' else 'ok' end
        from {{ schema_name }}.reconciliations as figures
        where figures.run_id = newest.run_id and figures.model = marts.model and figures.check_name = levels.level
    ) as status,
    (
        select notifications.status
        from {{ schema_name }}.notifications as notifications
        where notifications.model = marts.model
        order by notifications.notified_at desc
        limit 1
    ) as notified_status
from unnest({{ marts }}) as marts (model)
cross join unnest({{ levels }}) as levels (level)
cross join lateral (
    select reconciliations.run_id
    from {{ schema_name }}.reconciliations as reconciliations
    where reconciliations.model = marts.model and reconciliations.check_name = levels.level
    order by reconciliations.reconciled_at desc, reconciliations.run_id desc
    limit 1
) as newest
{%- endmacro %}
