{#- Condition, NULL for NULL: the text is a value of the type. Timestamps must be ISO 8601: PostgreSQL also takes 'tomorrow', and reads
    01/02/2026 as its DateStyle says. -#}
{% macro is_valid(expression, data_type) %}
    {%- set iso_date = '^\\d{4}-\\d{2}-\\d{2}' -%}
    {%- set iso_time = '([ T]\\d{2}:\\d{2}(:\\d{2}(\\.\\d{1,6})?)?( ?(Z|[+-]\\d{2}(:?\\d{2})?))?)?$' -%}
    {%- set valid = 'pg_input_is_valid(' ~ expression ~ ', ' ~ onerow.literal(data_type) ~ ')' -%}
    {%- if data_type in ('timestamptz', 'timestamp', 'timestamp with time zone', 'timestamp without time zone') -%}
        {{- return('(' ~ expression ~ " ~ '" ~ iso_date ~ iso_time ~ "' and " ~ valid ~ ')') -}}
    {%- elif data_type == 'date' -%}
        {{- return('(' ~ expression ~ " ~ '" ~ iso_date ~ "$' and " ~ valid ~ ')') -}}
    {%- endif -%}
    {{- return(valid) -}}
{% endmacro %}
