{#- The outcome of an incoming row i against the mart's row t of its key (all NULL where there is none), NULL where the row is left
    open. The one classification: a load, its second look after a foreign writer, and a plan all ask here.
    Arguments are SQL: is_outdated (a newer batch's window covers the row), beaten (outcome of a row that another one of its key
    beat, else NULL), is_open. For replace_window, g is the segment of time that the row lies in. -#}
{% macro outcome_of(load, is_outdated='false', beaten='null', is_open='false') %}
case
    when {{ onerow.is_rejected(load, 'i') }} then 'rejected'
    when {{ is_outdated }} then 'stale'
    when {{ beaten }} is not null then {{ beaten }}
    when {{ is_open }} then null
    when t.ctid is null then 'new'
    when {{ onerow.same_state(load, 'i', 't') }} then 'unchanged'
    {%- if load.window_column %}
    when g.is_fresh then 'modified'
    {%- endif %}
    when {{ onerow.is_newer(load, 'i', 't') }} then 'modified'
    else 'stale'
end
{%- endmacro %}
