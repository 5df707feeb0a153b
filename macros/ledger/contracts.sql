{#- All dbt source tables that have a contract, from the graph. -#}
{% macro contracts() %}
    {%- set found = [] -%}
    {%- for node in graph.sources.values() if (node.config.meta.get('onerow') or {}).get('natural_key') -%}
        {%- do found.append(node) -%}
    {%- endfor -%}
    {{- return(found) -}}
{% endmacro %}
