{#- Reason `unknown:column` for a delivered value that a reference table (a seed) does not have, as an expression for reject_reasons.
    Where the table has not been made yet, views can be built all the same, but reading a row fails and says what to do: to let
    everything through, or to refuse everything, would both be wrong. -#}
{% macro reject_unknown(column, reference, alias='delivered') %}
    {%- set value = alias ~ '.' ~ onerow.quoted(column) -%}
    {%- if execute and model.resource_type != 'unit_test' and load_cached_relation(reference) is none -%}
        {#- Not a constant, which the planner would evaluate before there is a row. -#}
        {%- set message = 'reference table ' ~ reference.identifier ~ ' is not loaded, run: dbt seed' -%}
        {{- return('case when ' ~ value ~ ' is not null then (' ~ onerow.literal(message) ~ ' || left(' ~ value ~ ', 0))::integer::text end') -}}
    {%- endif -%}
    {{- return(
        'case when ' ~ value ~ ' is not null and not exists (select from ' ~ reference ~ ' as reference where reference.'
        ~ onerow.quoted(column) ~ ' = ' ~ value ~ ') then ' ~ onerow.literal('unknown:' ~ column) ~ ' end'
    ) -}}
{% endmacro %}
