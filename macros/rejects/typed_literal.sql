{#- A value of the yaml as an SQL literal of a type. As in deliveries, a timestamp without a zone is UTC: a view would else hold it in
    the zone of the session that made the view. -#}
{% macro typed_literal(value, data_type) %}
    {%- set literal = onerow.literal(value | string) -%}
    {%- if data_type == 'text' -%}
        {{- return(literal) -}}
    {%- elif data_type in ('timestamptz', 'timestamp with time zone')
        and not (':' in value | string and modules.re.search('(Z|[+-]\\d{2}(:?\\d{2})?)$', value | string)) -%}
        {{- return('(' ~ literal ~ "::timestamp at time zone 'UTC')") -}}
    {%- endif -%}
    {{- return(literal ~ '::' ~ data_type) -}}
{% endmacro %}
