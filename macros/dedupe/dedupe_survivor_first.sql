{#- The order of a key's rows: the survivor comes first. Of rows that the rule does not tell apart, the one with the greatest content;
    of exact twins, the one of the earliest batch. Ends in something unique. -#}
{% macro dedupe_survivor_first(target, rule, alias) %}
    {%- set terms = [
        onerow.dedupe_decided_by(target, rule, alias),
        onerow.content(target.state_columns, alias) ~ ' desc',
    ] -%}
    {%- if target.has_batches -%}
        {%- do terms.append(alias ~ '._batch_no') -%}
    {%- endif -%}
    {%- do terms.append(alias ~ '.ctid') -%}
    {{- return(terms | join(', ')) -}}
{% endmacro %}
