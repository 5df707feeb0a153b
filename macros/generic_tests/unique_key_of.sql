{#- The unique_key of a relation's model, as a list. -#}
{% macro unique_key_of(relation) %}
    {%- set keys = [] -%}
    {%- for node in graph.nodes.values()
        if node.resource_type in ('model', 'snapshot') and node.database == relation.database
        and node.schema == relation.schema and node.alias == relation.identifier and node.config.unique_key -%}
        {%- do keys.append([node.config.unique_key] if node.config.unique_key is string else node.config.unique_key) -%}
    {%- endfor -%}
    {%- if not keys -%}
        {%- do onerow.raise_if_any('one_row_per_key', ['key: ' ~ relation ~ ' has no unique_key, so name the columns: arguments: {key: [...]}']) -%}
    {%- endif -%}
    {{- return(keys[0]) -}}
{% endmacro %}
