{#- SQL expression: the line of the first row of batch $1 in landing for which a condition holds, NULL where there is none. -#}
{% macro first_in_batch(schema, table, condition) %}
    {%- set line -%}
(
            select delivered._line_number
            from {{ onerow.quoted(schema) }}.{{ onerow.quoted(table) }} as delivered
            where delivered._batch_no = $1 and {{ condition }}
            order by delivered._line_number
            limit 1
        )
    {%- endset -%}
    {{- return(line) -}}
{% endmacro %}
