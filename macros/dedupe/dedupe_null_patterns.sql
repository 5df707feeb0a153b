{#- Query: which key columns are NULL together in some survivor that a run has changed, as lists of booleans in the order of the key. -#}
{% macro dedupe_null_patterns(target, run) %}
    {%- set tests = [] -%}
    {%- for column in target.key -%}
        {%- do tests.append('a.' ~ onerow.quoted(column) ~ ' is null') -%}
    {%- endfor -%}
select distinct array[{{ tests | join(', ') }}] from {{ run.backup }} as a where a._dedupe_kind = 'after'
{% endmacro %}
