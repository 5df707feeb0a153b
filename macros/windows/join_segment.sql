{#- For replace_window: the segment of time g in which an incoming row i lies, with the newest batch whose window covers it. -#}
{% macro join_segment(load) %}
    {%- if load.window_column -%}
left join lateral (
    select s.position, s.is_fresh
    from {{ load.segments }} as s
    where s.starts_at <= i.{{ onerow.quoted(load.window_column) }}
    order by s.starts_at desc
    limit 1
) as g on true
    {%- endif -%}
{% endmacro %}
