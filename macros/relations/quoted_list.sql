{#- Column names as a quoted list: "a", "b", or with an alias t."a", t."b". -#}
{% macro quoted_list(names, alias=none) %}
    {%- set quoted = [] -%}
    {%- for name in names -%}
        {%- do quoted.append((alias ~ '.' if alias else '') ~ onerow.quoted(name)) -%}
    {%- endfor -%}
    {{- return(quoted | join(', ')) -}}
{% endmacro %}
