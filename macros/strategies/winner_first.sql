{#- The order of a key's rows within one load: the row that counts comes first; for insert_new that is the earliest. Ends in something
    unique. -#}
{% macro winner_first(load, alias) %}
    {%- set direction = 'asc nulls first' if load.strategy == 'insert_new' else 'desc nulls last' -%}
    {%- set terms = [] -%}
    {%- if load.version -%}
        {%- do terms.append(onerow.version_of(load, alias) ~ ' ' ~ direction) -%}
    {%- elif load.by_position -%}
        {%- do terms.append(alias ~ '._batch_position ' ~ direction) -%}
    {%- endif -%}
    {%- do terms.append(onerow.content(onerow.compared_columns(load), alias) ~ ' ' ~ direction) -%}
    {%- if load.source -%}
        {%- do terms.append(alias ~ '._batch_no') -%}
        {%- do terms.append(alias ~ '._line_number') -%}
    {%- else -%}
        {%- do terms.append(alias ~ '.ctid') -%}
    {%- endif -%}
    {{- return(terms | join(', ')) -}}
{% endmacro %}
