{#- The one text of a value in key recipe 1, NULL for NULL. Nothing in it depends on a setting of the session: a plain cast of a
    timestamp follows TimeZone and DateStyle, and an analyst in another zone would read other keys from the same view. The type is
    not known when dbt compiles, so the server chooses; every branch goes through a cast that each type has. -#}
{% macro canonical_text(field, expression) %}
    {%- set value = '(' ~ expression ~ ')' -%}
    {#- JSON writes a timestamp in ISO 8601, with an offset from UTC, whatever the DateStyle. And to_jsonb is stable: where the value
        is a constant, the planner would try an immutable cast at once, in branches of other types too. -#}
    {%- set json = 'to_jsonb(' ~ value ~ ") #>> '{}'" -%}
    {%- set refusal = onerow.literal('surrogate_key: field ' ~ field ~ ' needs a cast, for recipe 1 has no text for the type ') -%}
    {%- set sql -%}
case
        when pg_typeof({{ value }}) = any('{text, varchar, int2, int4, int8, bool, uuid}'::regtype[]) then {{ value }}::text
        when pg_typeof({{ value }}) = 'numeric'::regtype then trim_scale(({{ json }})::numeric)::text
        when pg_typeof({{ value }}) = any('{date, timestamp}'::regtype[]) then {{ json }}
        when pg_typeof({{ value }}) = 'timestamptz'::regtype
            then (to_jsonb(({{ json }})::timestamptz at time zone 'UTC') #>> '{}') || '+00:00'
        {#- There is no expression that raises; the cast of this text does, and shows it. #}
        else ({{ refusal }} || pg_typeof({{ value }})::text)::integer::text
    end
    {%- endset -%}
    {{- return(sql) -}}
{% endmacro %}
