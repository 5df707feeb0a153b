{#- The model's rows, with what the load adds to each: the position of its batch, empty field versions, the mark of a tombstone. -#}
{% macro incoming_rows(load, sql) %}
    {%- if load.source -%}
        {%- set batches = run_query('select ' ~ onerow.claimed_batches() ~ '::text').columns[0].values()[0] -%}
        {%- set sql = sql | replace(onerow.claimed_batches(), onerow.literal(batches) ~ '::bigint[]') -%}
    {%- endif -%}
    {%- set added = [] -%}
    {%- if load.by_position -%}
        {%- do added.append('b._batch_position') -%}
    {%- endif -%}
    {%- if load.is_merge -%}
        {%- do added.append('null::jsonb as _field_versions') -%}
    {%- endif -%}
    {%- if load.deleted_when -%}
        {%- do added.append('case when ' ~ load.deleted_when ~ ' then now() end as _deleted_at') -%}
    {%- endif -%}
    {%- if not added -%}
(
{{ sql }}
)
    {%- else -%}
select m.*, {{ added | join(', ') }}
from (
{{ sql }}
) as m
        {%- if load.by_position %}
left join (
    select p.batch_no as _position_of, p.position as _batch_position from {{ load.positions }} as p
) as b on b._position_of = m._batch_no
        {%- endif %}
    {%- endif -%}
{% endmacro %}
