{#- One row a key that a mart has and that loaded batches delivered, with its state in both: of the delivered rows those of the greatest
    version, and of several of one version the one that equals the mart's if any does, because content decides such a tie. Only of marts
    that keep the newest delivered state (upsert with conflict_resolution replace and a version column). -#}
{% macro compared_values(mart) %}
{%- set facts = onerow.reconciled_mart(mart) -%}
{%- set keys, unequal = [], [] -%}
{%- for column in facts.key -%}{%- do keys.append('key_' ~ loop.index) -%}{%- endfor -%}
{%- for column in facts.compared -%}{%- do unequal.append('is_unequal_' ~ loop.index) -%}{%- endfor %}
select distinct on ({{ keys | join(', ') }}) *
from (
    select
        newest.*,
        {%- for column in facts.compared %}
        mart.{{ onerow.quoted(column.name) }}::text as present_{{ loop.index }},
        mart.{{ onerow.quoted(column.name) }}::{{ column.comparable }}
            is distinct from newest.value_{{ loop.index }}::{{ column.comparable }} as is_unequal_{{ loop.index }}
        {%- if not loop.last %},{% endif %}
        {%- endfor %}
    from (
        select
            rows.*,
            rank() over (
                partition by {{ keys | join(', ') }}
                order by rows.version desc nulls last
            ) as place
        from ({{ onerow.delivered_rows(mart, facts.compared) }}) as rows
        inner join ({{ onerow.delivered_batches(mart) }}) as batches
            on batches.batch_no = rows._batch_no and batches.is_consumed and not batches.is_quarantined
        where rows.is_expected and not rows.is_refused and not rows.is_withdrawn
    ) as newest
    inner join {{ facts.relation }} as mart
        on {% for column in facts.key -%}
        mart.{{ onerow.quoted(column.name) }}::{{ column.data_type }} = newest.key_{{ loop.index }}
        {%- if not loop.last %} and {% endif %}
        {%- endfor %}
    where newest.place = 1
) as states
order by
    {{ keys | join(', ') }},
    {{ unequal | join(' or ') }},
    _batch_no desc,
    _line_number desc
{%- endmacro %}
