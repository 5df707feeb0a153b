{#- One row a mart and level: what its newest run said, and what was notified of the mart last (NULL where nothing was). A run of some
    levels says nothing of the others. Python renders this file with Jinja alone, like ledger_ddl. -#}
{% macro standing_verdicts(schema) %}
{%- set schema_name = '"' ~ schema | replace('"', '""') ~ '"' -%}
select
    newest.model,
    newest.check_name,
    (
        select case when bool_or(figures.status = 'difference') then 'difference' else 'ok' end
        from {{ schema_name }}.reconciliations as figures
        where figures.run_id = newest.run_id and figures.model = newest.model and figures.check_name = newest.check_name
    ) as status,
    (
        select notifications.status
        from {{ schema_name }}.notifications as notifications
        where notifications.model = newest.model
        order by notifications.notified_at desc
        limit 1
    ) as notified_status
from (
    select distinct on (reconciliations.model, reconciliations.check_name)
        reconciliations.model,
        reconciliations.check_name,
        reconciliations.run_id
    from {{ schema_name }}.reconciliations as reconciliations
    order by reconciliations.model, reconciliations.check_name, reconciliations.reconciled_at desc, reconciliations.run_id
) as newest
{%- endmacro %}
