{#- Leave out of the search_path what is not trusted, for the rest of this transaction. -#}
{% macro set_search_path() %}
    {%- call statement('onerow_search_path') -%}
        {{ onerow.local_search_path() }}
    {%- endcall -%}
{% endmacro %}
