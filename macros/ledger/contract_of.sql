{#- The dbt source table that is the contract of a source, from the graph. Only at run time: there is no graph while parsing. -#}
{% macro contract_of(source) %}
    {%- set found = onerow.contracts() | selectattr('name', 'equalto', source) | list -%}
    {%- if found | length != 1 -%}
        {%- do exceptions.raise_compiler_error(
            'source ' ~ source ~ ': ' ~ found | length ~ ' dbt source tables of that name have meta.onerow.natural_key, exactly one is needed'
        ) -%}
    {%- endif -%}
    {{- return(found[0]) -}}
{% endmacro %}
