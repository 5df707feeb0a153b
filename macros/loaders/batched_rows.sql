{#- Select of another loader's table as if its rows had landed: `_batch_no` from the ledger, `_line_number` from what identifies the row,
    every column of the contract as text, the others in `_unexpected`. Nothing is copied. Rows of a batch that has no number yet are left
    out; rows that are in no batch stay, without a number, so that they are missed. The batch's name is cast, not the column, so that an
    index on the column serves. -#}
{% macro batched_rows(contract, table) %}
    {%- set loader = onerow.loader_of(contract) -%}
    {%- set batch = 'r.' ~ onerow.quoted(loader.batch_column) -%}
    {%- set expected = onerow.delivered_columns(contract) -%}
    {%- set known = [] -%}
    {%- for name in expected + [loader.batch_column, loader.row_id] -%}
        {%- do known.append(onerow.literal(name)) -%}
    {%- endfor -%}
(
    select
        b.batch_no as _batch_no,
        {{ onerow.line_number('r.' ~ onerow.quoted(loader.row_id), loader.row_type) }} as _line_number,
        {%- for name in expected %}
        {{ onerow.as_text('r.' ~ onerow.quoted(name), contract.columns[name].data_type) }} as {{ onerow.quoted(name) }},
        {%- endfor %}
        to_jsonb(r) - array[{{ known | join(', ') }}] as _unexpected
    from {{ table }} as r
    left join {{ onerow.ledger('batches') }} as b
        on b.source = {{ onerow.literal(contract.name) }}
        and {{ batch }} = {{ onerow.batch_value('b.batch_id', loader.batch_type) }}
    where b.batch_no is not null or {{ batch }} is null
)
{%- endmacro %}
