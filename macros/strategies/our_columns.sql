{#- Columns of a mart that onerow keeps for itself, with their types: outside contracts, schema changes and a row's compared state. -#}
{% macro our_columns(load) %}
    {%- set ours = {} -%}
    {%- if load.source -%}{%- do ours.update({'_batch_no': 'bigint'}) -%}{%- endif -%}
    {%- if load.is_merge -%}{%- do ours.update({'_field_versions': 'jsonb'}) -%}{%- endif -%}
    {%- if load.deleted_when -%}{%- do ours.update({'_deleted_at': 'timestamptz'}) -%}{%- endif -%}
    {{- return(ours) -}}
{% endmacro %}
