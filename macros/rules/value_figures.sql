{#- Level rows of `onerow reconcile`, in the columns of key_figures: how many keys were compared by value, and how many differ, in all and by
    column. Empty where meta.onerow.reconcile.compare names no columns, or a source of its own to compare with. -#}
{% macro value_figures(mart) %}
{%- set facts = onerow.reconciled_mart(mart) if execute else {} -%}
{%- if facts.compared %}
{%- set unequal = [] -%}
{%- for column in facts.compared -%}{%- do unequal.append('is_unequal_' ~ loop.index) -%}{%- endfor %}
select figures.*
from (
    select
        {%- for column in facts.compared %}
        count(*) filter (where is_unequal_{{ loop.index }}) as modified_{{ loop.index }},
        {%- endfor %}
        count(*) filter (where {{ unequal | join(' or ') }}) as modified_rows,
        {% for each in unequal %}count(*) filter (where {{ each }}){% if not loop.last %} + {% endif %}{% endfor %} as modified_values,
        count(*) as compared_rows
    from ({{ onerow.compared_values(mart) }}) as compared_values
) as totals
cross join lateral (
    values
    ('modified_rows', null::bigint, totals.modified_rows, totals.modified_values, 'modified_rows'),
    {%- for column in facts.compared %}
    (
        {{ onerow.literal('modified.' ~ column.name) }},
        null,
        nullif(totals.modified_{{ loop.index }}, 0),
        totals.modified_{{ loop.index }},
        null
    ),
    {%- endfor %}
    (
        'identical_rows',
        totals.compared_rows - totals.modified_rows,
        totals.compared_rows - totals.modified_rows,
        null,
        null
    )
) as figures (figure, source_value, destination_value, violations, rule)
where figures.source_value is not null or figures.destination_value is not null
{%- endif %}
{%- endmacro %}
