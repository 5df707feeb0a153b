{#- trusted_search_path of the project's own settings, for this transaction only. -#}
{% macro local_search_path() -%}
{{ onerow.trusted_search_path(var('onerow_trusted_roles', []), is_local=true) }}
{%- endmacro %}
