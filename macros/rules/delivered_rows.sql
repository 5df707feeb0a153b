{#- One row a row of landing, from the contract alone and never through the staging view, which is one of the things to be proven:
    `key_1`.. (the natural key in its types, NULL where a value is none of its type), `is_refused` (a dead letter),
    `is_withdrawn` (a newer batch's window covers its time: what that batch delivers counts instead), `is_expected` (inside
    meta.onerow.reconcile.where, which says what the mart's own SQL keeps) and, where the mart is reconciled by windows, its
    `window_start`, `version` and `_line_number`; with columns to compare (name and type) these too, as `value_1`... -#}
{% macro delivered_rows(mart, compared=[]) %}
{%- set facts = onerow.reconciled_mart(mart) -%}
select
    landing._batch_no,
    {%- for column in facts.key %}
    {{ onerow.try_cast('landing.' ~ onerow.quoted(column.name), column.data_type) }} as key_{{ loop.index }},
    {%- endfor %}
    dead_letters.line_number is not null as is_refused,
    {{ onerow.is_withdrawn(mart) | indent(4) if facts.window_column else 'false' }} as is_withdrawn,
    {%- if facts.window %}
    {{ onerow.window_of(onerow.try_cast('landing.' ~ onerow.quoted(facts.window.column), facts.window_type), facts.window.grain) }}
        as window_start,
    {%- endif %}
    {%- if facts.window or compared %}
    landing._line_number,
    {{ onerow.try_cast('landing.' ~ onerow.quoted(facts.version), facts.version_type) if facts.version else 'null::text' }}
        as version,
    {%- endif %}
    {%- for column in compared %}
    {{ onerow.try_cast('landing.' ~ onerow.quoted(column.name), column.data_type) }} as value_{{ loop.index }},
    {%- endfor %}
    {% if facts.where -%}
    landing.is_expected
    {%- else -%}
    true as is_expected
    {%- endif %}
from {% if facts.where -%}
(
    {#- Alone in its query, so that the condition names columns without a prefix. #}
    select
        *,
        ({{ facts.where }}) is true as is_expected
    from {{ facts.landing }}
) as landing
{%- else -%}
{{ facts.landing }} as landing
{%- endif %}
left join {{ onerow.ledger('dead_letters') }} as dead_letters
    on dead_letters.source = {{ onerow.literal(facts.source) }}
    and dead_letters.batch_no = landing._batch_no
    and dead_letters.line_number = landing._line_number
{%- endmacro %}
