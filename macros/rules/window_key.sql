{#- What an exception names a window by: a JSON object of `window_start` and, where it is given, `window_end`, in UTC. -#}
{% macro window_key(window_start, window_end=none) %}
    {%- set members = [] -%}
    {%- for name, time in [('window_start', window_start), ('window_end', window_end)] if time -%}
        {%- do members.append("'" ~ name ~ "', to_char(" ~ time ~ " at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')") -%}
    {%- endfor -%}
    {{- return('jsonb_build_object(' ~ members | join(', ') ~ ')') -}}
{% endmacro %}
