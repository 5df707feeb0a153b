{#- What dbt prints behind the model's name: the strategy, every outcome there was, and what a window withdrew. -#}
{% macro load_message(load, totals) %}
    {%- set parts = [] -%}
    {%- for outcome in ['new', 'modified', 'unchanged', 'stale', 'superseded', 'rejected', 'filtered'] if totals.get(outcome) -%}
        {%- do parts.append(totals[outcome] ~ ' ' ~ outcome) -%}
    {%- endfor -%}
    {%- set message = load.strategy ~ ': ' ~ (parts | join(', ') or 'nothing to load') -%}
    {{- return(message ~ ('; ' ~ load.withdrawn ~ ' withdrawn' if load.withdrawn else '')) -}}
{% endmacro %}
