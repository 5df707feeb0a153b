{#- Names of the columns that a contract lets a delivery hold. Names with a leading underscore are onerow's own. -#}
{% macro delivered_columns(contract) %}
    {%- set names = [] -%}
    {%- for name in contract.columns if not name.startswith('_') -%}
        {%- do names.append(name) -%}
    {%- endfor -%}
    {{- return(names) -}}
{% endmacro %}
