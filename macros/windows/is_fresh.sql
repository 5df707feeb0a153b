{#- Condition: the row's time lies where a batch of this very load has the newest window, so that what was there no longer counts. -#}
{% macro is_fresh(load, alias) %}
    {%- set time = alias ~ '.' ~ onerow.quoted(load.window_column) -%}
    {{- return(
        'exists (select from ' ~ load.segments ~ ' as s where s.is_fresh and ' ~ time ~ ' >= s.starts_at and ' ~ time ~ ' < s.ends_at)'
    ) -}}
{% endmacro %}
