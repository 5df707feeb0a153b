{#- A whole row, without generated columns, as one text: equal just where every value is written alike. -#}
{% macro dedupe_text(target, alias) %}
    {{- return('row(' ~ onerow.quoted_list(target.given_columns, alias) ~ ')::text') -}}
{% endmacro %}
