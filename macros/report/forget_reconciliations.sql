{#- Statement that removes figures of runs older than some days, but for the newest figure of each kind and verdict: rules such as
    unexplained_growth compare with the last time that a figure was equal, however long ago. Python renders this file with Jinja alone,
    like ledger_ddl. -#}
{% macro forget_reconciliations(schema, days) %}
{%- set schema_name = '"' ~ schema | replace('"', '""') ~ '"' -%}
delete from {{ schema_name }}.reconciliations as old
where old.reconciled_at < now() - interval '{{ days }} days'
    and exists (
        select
        from {{ schema_name }}.reconciliations as newer
        where newer.model = old.model
            and newer.check_name = old.check_name
            and newer.figure = old.figure
            -- An equality, so that the join can hash it.
            and coalesce(newer.window_start, '-infinity') = coalesce(old.window_start, '-infinity')
            and newer.status = old.status
            and newer.reconciled_at > old.reconciled_at
    )
{%- endmacro %}
