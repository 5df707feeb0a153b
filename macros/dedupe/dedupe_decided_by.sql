{#- What a rule goes by, as terms of an ORDER BY that puts the survivor first. Rows that are equal in them are told apart by their
    content alone. -#}
{% macro dedupe_decided_by(target, rule, alias) %}
    {%- set terms = [] -%}
    {%- if rule.name == 'sql' -%}
        {#- On a line of its own, so that a comment in it ends. -#}
        {%- do terms.append(rule.sql ~ '\n') -%}
    {%- elif rule.name == 'most-complete' -%}
        {%- set counts = [] -%}
        {#- A function takes 100 arguments at most. -#}
        {%- for some in target.columns | batch(50) -%}
            {%- do counts.append('num_nonnulls(' ~ onerow.quoted_list(some | map(attribute='name'), alias) ~ ')') -%}
        {%- endfor -%}
        {%- do terms.append(counts | join(' + ') ~ ' desc') -%}
    {%- endif -%}
    {%- if target.version -%}
        {%- do terms.append(onerow.dedupe_version(target, alias) ~ ' desc nulls last') -%}
    {%- endif -%}
    {{- return(terms | join(', ')) -}}
{% endmacro %}
