{#- Which key columns are NULL together in some incoming row, as lists of names; the empty list, for whole keys, comes first. -#}
{% macro missing_in_keys(load) %}
    {%- set tests = [] -%}
    {%- for column in load.key -%}
        {%- do tests.append('i.' ~ onerow.quoted(column) ~ ' is null') -%}
    {%- endfor -%}
    {%- set found = [[]] -%}
    {%- for row in run_query(
        'select distinct ' ~ tests | join(', ') ~ ' from ' ~ load.incoming ~ ' as i where ' ~ tests | join(' or ')
    ).rows -%}
        {%- set missing = [] -%}
        {%- for column in load.key -%}
            {%- if row[loop.index0] -%}
                {%- do missing.append(column) -%}
            {%- endif -%}
        {%- endfor -%}
        {%- do found.append(missing) -%}
    {%- endfor -%}
    {{- return(found) -}}
{% endmacro %}
