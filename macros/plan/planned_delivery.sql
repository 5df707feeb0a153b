{#- Query: rows of a plan as one JSON object, in the order of their batches and lines. `matching` is how many there are, `shown` the
    first of them: the natural key as delivered, the outcome, every reason of a refused row, and of a modified one the columns that
    the load would change, before and after, each as text. Rows of batches that would be set aside are among them where refused. -#}
{% macro planned_delivery(into, load, plan) %}
    {%- set written = onerow.written_values(load, 'i') -%}
    {%- set changed = load.columns | selectattr('name', 'in', written) | rejectattr('name', 'equalto', '_batch_no') | list -%}
    {%- set wanted = plan.outcomes | map('string') | map('replace', "'", "''") | join("', '") -%}
    {%- set is_asked_for = "m.outcome in ('" ~ wanted ~ "')" if plan.outcomes else 'true' -%}
with matching as (
    select p.outcome, i._batch_no as batch_no, i._line_number as line_number, p.row_id
    from {{ load.plan }} as p
    inner join {{ load.delivery }} as d on d.batch_no = p.batch_no
    inner join {{ load.incoming }} as i on i.ctid = p.row_id
    where p.outcome <> 'rejected'
    union all
    select 'filtered', o.batch_no, o.line_number, null
    from (
        {{ onerow.left_out_rows(load, 'array(select d.batch_no from ' ~ load.delivery ~ ' as d)') | indent(8) }}
    ) as o
    union all
    select 'rejected', r.batch_no, r.line_number, null
    from {{ onerow.ledger('dead_letters') }} as r
    -- Not those of batches that were consumed before and are only looked at again.
    where not exists (
        select from {{ onerow.ledger('claims') }} as c
        where c.model = {{ onerow.literal(onerow.relation_id(this)) }} and c.batch_no = r.batch_no
        having bool_and(c.xid <> pg_current_xact_id())
    )
),

shown as (
    select m.* from matching as m
    where {{ is_asked_for }}
    order by m.batch_no, m.line_number
    limit {{ plan.rows }}
),

differing as (
    {%- for missing in onerow.missing_in_keys(load) %}
    select
        m.row_id,
        '{}'::jsonb
        {%- for column in changed %}
        || case
            when {{ onerow.comparable('n', column) }} is distinct from {{ onerow.comparable('t', column) }}
                then jsonb_build_object({{ onerow.literal(column.name) }}, jsonb_build_object(
                    'before', t.{{ onerow.quoted(column.name) }}::text, 'after', n.{{ onerow.quoted(column.name) }}::text
                ))
            else '{}'
        end
        {%- endfor %} as changes
    from shown as m
    inner join {{ load.incoming }} as i on i.ctid = m.row_id
    inner join {{ into }} as t on {{ onerow.same_key(load, 't', 'i', missing) }}
    {%- if changed %}
    cross join lateral (
        select
            {%- for column in changed %}
            {{ written[column.name] }} as {{ onerow.quoted(column.name) }}{{ ',' if not loop.last }}
            {%- endfor %}
    ) as n
    {%- endif %}
    where m.outcome = 'modified' and {{ onerow.lacks_just(load, 'i', missing) }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
)

select jsonb_build_object(
    'matching', (select count(*) from matching as m where {{ is_asked_for }}),
    'shown', coalesce(jsonb_agg(
        jsonb_build_object(
            'batch_no', {{ 'nullif(m.batch_no, ' ~ plan.file.batch_no ~ ')' if plan.file else 'm.batch_no' }},
            'line_number', m.line_number,
            'outcome', m.outcome,
            'natural_key', case when l._batch_no is not null then {{ onerow.delivered_key(onerow.contract_of(load.source), 'l') }} end,
            'reasons', r.reasons,
            'changes', f.changes
        )
        order by m.batch_no, m.line_number
    ), '[]')
)
from shown as m
left join {{ onerow.landing_of(load.source) }} as l on l._batch_no = m.batch_no and l._line_number = m.line_number
left join {{ onerow.ledger('dead_letters') }} as r on r.batch_no = m.batch_no and r.line_number = m.line_number
left join differing as f on f.row_id = m.row_id
{%- endmacro %}
