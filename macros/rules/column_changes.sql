{#- How the columns of a mart differ from those that the last run of `onerow reconcile` recorded: added, gone or retyped. Nothing where no
    run has recorded any. -#}
{% macro column_changes(mart) %}
select
    changes.column_name,
    changes.change,
    changes.type_then,
    changes.type_now,
    recorded.recorded_at
from (
    select
        recorded_columns.columns,
        recorded_columns.recorded_at
    from {{ onerow.ledger('recorded_columns') }} as recorded_columns
    where recorded_columns.model = {{ onerow.literal(onerow.reconciled_mart(mart).id) }}
    order by recorded_columns.recorded_at desc
    limit 1
) as recorded
cross join lateral (
    select
        coalesce(earlier.column_name, present.column_name) as column_name,
        case
            when earlier.column_name is null then 'added'
            when present.column_name is null then 'gone'
            else 'retyped'
        end as change,
        earlier.data_type as type_then,
        present.data_type as type_now
    from jsonb_each_text(recorded.columns) as earlier (column_name, data_type)
    full join ({{ onerow.present_columns(mart) }}) as present
        on present.column_name = earlier.column_name collate "C"
    where present.data_type is distinct from earlier.data_type
) as changes
{%- endmacro %}
