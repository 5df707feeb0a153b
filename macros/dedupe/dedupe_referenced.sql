{#- Query: for each foreign key, how many rows refer to rows that would be removed, and the first keys of those. `copies` names a relation
    of (_dedupe_row_id, _dedupe_place). -#}
{% macro dedupe_referenced(target, copies, references) %}
    {%- for reference in references %}
    {%- set pairs = [] -%}
    {%- for column in reference.columns -%}
        {%- do pairs.append(
            'f.' ~ onerow.quoted(column) ~ ' = t.' ~ onerow.quoted(reference.referenced_columns[loop.index0])
        ) -%}
    {%- endfor %}
    select
        {{ onerow.literal(reference.name) }} as name,
        count(*) as row_count,
        coalesce((array_agg(distinct {{ onerow.dedupe_key_object(target, 't') }}))[1:3], '{}') as keys
    from {{ copies }} as c
    inner join {{ target.relation }} as t on t.ctid = c._dedupe_row_id
    inner join {{ reference.referencing }} as f on {{ pairs | join(' and ') }}
    where c._dedupe_place > 1
    {{ 'union all' if not loop.last }}
    {%- endfor %}
{%- endmacro %}
