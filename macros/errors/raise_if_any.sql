{#- Raise one compiler error that names where the problems are and lists every one of them. Does nothing where there is none. -#}
{% macro raise_if_any(where, problems) %}
    {%- if problems -%}
        {%- do exceptions.raise_compiler_error(where ~ ':\n  - ' ~ problems | join('\n  - ')) -%}
    {%- endif -%}
{% endmacro %}
