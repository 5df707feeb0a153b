{#- The text as a value of the type, NULL where it is none. A timestamp without a zone is UTC, whatever the session's TimeZone. -#}
{% macro try_cast(expression, data_type) %}
    {%- if data_type == 'text' -%}
        {{- return(expression) -}}
    {%- endif -%}
    {%- set value = expression ~ '::' ~ data_type -%}
    {%- if data_type in ('timestamptz', 'timestamp with time zone') -%}
        {%- set value -%}
            case when {{ expression }} ~ '(Z|[+-]\d{2}(:?\d{2})?)$' and {{ expression }} ~ ':' then {{ expression }}::timestamptz else {{ expression }}::timestamp at time zone 'UTC' end
        {%- endset -%}
    {%- endif -%}
    {{- return('case when ' ~ onerow.is_valid(expression, data_type) ~ ' then ' ~ value ~ ' end') -}}
{% endmacro %}
