{#- Query, with the number of a batch as $1: columns of the contract that are retyped in the batch, that is, it has values for them and
    none is one of the contract's type. The same is_valid as for the reasons to refuse a row. Each look ends at the first row that
    answers it; ordered, so that it goes by landing's key and never through other batches. Python renders this file. -#}
{% macro retyped_columns(schema, table, columns) %}
    {%- set looks = [] -%}
    {%- for column in columns -%}
        {%- set value = 'delivered.' ~ onerow.quoted(column.name) -%}
        {%- set look -%}
select {{ onerow.literal(column.name) }} as column_name
where
    case
        when to_regtype({{ onerow.literal(column.data_type) }}) is null then false
        when {{ onerow.first_in_batch(schema, table, onerow.without_blanks(value) ~ " <> ''") }} is null then false
        else {{ onerow.first_in_batch(schema, table, onerow.is_valid(value, column.data_type)) }} is null
    end
        {%- endset -%}
        {%- do looks.append(look) -%}
    {%- endfor -%}
    {{- return(looks | join('\nunion all\n')) -}}
{% endmacro %}
