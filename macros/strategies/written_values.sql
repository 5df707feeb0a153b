{#- What the write of an incoming row over the mart's row t makes of each column that it writes: name to SQL expression. -#}
{% macro written_values(load, row) %}
    {{- return(onerow.merged_values(load, row) if load.is_merge else onerow.replaced_values(load, row)) -}}
{% endmacro %}
