{#- Condition: another row of the batch has the same natural key, by value, and this is not the one to keep. What else is wrong with a
    row does not matter: to keep an earlier row because the last one is broken would load what the sender has taken back. `_batch_no`
    comes first, so that a load's condition on it still reaches the index of landing. -#}
{% macro is_repeated_in_batch(columns, alias, key, keep) %}
    {%- set values = [] -%}
    {%- for column in columns if column.name in key -%}
        {%- set value = alias ~ '.' ~ onerow.quoted(column.name) -%}
        {%- if column.data_type == 'text' -%}
            {%- do values.append('case when ' ~ onerow.without_blanks(value) ~ " <> '' then " ~ value ~ ' end') -%}
        {%- else -%}
            {%- do values.append(onerow.try_cast(value, column.data_type)) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- set rows = 'partition by ' ~ alias ~ '._batch_no, ' ~ values | join(', ') -%}
    {%- if keep == 'reject_all' -%}
        {%- set is_one_too_many = 'count(*) over (' ~ rows ~ ') > 1' -%}
    {%- else -%}
        {%- set is_one_too_many = 'row_number() over (' ~ rows ~ ' order by ' ~ alias ~ '._line_number' ~ (' desc' if keep == 'last' else '') ~ ') > 1' -%}
    {%- endif -%}
    {{- return('num_nulls(' ~ values | join(', ') ~ ') = 0 and ' ~ is_one_too_many) -}}
{% endmacro %}
