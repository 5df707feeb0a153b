{#- Start of the window in which a time lies, in UTC, as timestamptz: [start, start of the next). The session's TimeZone plays no
    part: a time without a zone is UTC, as everywhere in onerow. Seconds since 1970 are what all types of time have in common; a
    cast of a timestamp would read it in the session's zone. -#}
{% macro window_of(column, grain) %}
    {%- set grains = ['hour', 'day', 'week', 'month'] -%}
    {%- set problems = [] -%}
    {%- if column is not string or not column -%}
        {%- do problems.append("column: an SQL expression of type timestamptz, timestamp or date, not '" ~ column ~ "'") -%}
    {%- endif -%}
    {%- if grain not in grains -%}
        {%- do problems.append("grain: one of " ~ grains | join(', ') ~ ", not '" ~ grain ~ "'") -%}
    {%- endif -%}
    {%- do onerow.raise_if_any('window_of', problems) -%}
    {{- return('date_trunc(' ~ onerow.literal(grain) ~ ", to_timestamp(date_part('epoch', " ~ column ~ ")), 'UTC')") -}}
{% endmacro %}
