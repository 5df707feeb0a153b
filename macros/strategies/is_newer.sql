{#- Condition: row a wins over row b, where their states differ: the greater (version, content). To merge, one field or the version is
    enough. insert_new never writes over a row. Without a version column the later load wins; where batches have positions, the
    load has already brought in whatever a newer batch said. -#}
{% macro is_newer(load, a, b) %}
    {%- if load.strategy == 'insert_new' -%}
        {{- return('false') -}}
    {%- elif not load.version -%}
        {{- return('true') -}}
    {%- endif -%}
    {%- set version_a = onerow.version_of(load, a) -%}
    {%- set version_b = onerow.version_of(load, b) -%}
    {%- set ways = [onerow.exceeds(version_a, version_b)] -%}
    {%- if load.is_merge -%}
        {%- for column in onerow.field_columns(load) -%}
            {%- do ways.append(onerow.field_wins(load, column, a, b)) -%}
        {%- endfor -%}
    {%- else -%}
        {%- set columns = onerow.compared_columns(load) -%}
        {%- do ways.append(
            '(' ~ version_a ~ ' is not distinct from ' ~ version_b ~ ' and ' ~ onerow.content(columns, a) ~ ' > ' ~ onerow.content(columns, b) ~ ')'
        ) -%}
    {%- endif -%}
    {{- return('(' ~ ways | join(' or ') ~ ')') -}}
{% endmacro %}
