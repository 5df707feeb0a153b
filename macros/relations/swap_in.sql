{#- Put a freshly filled table in the place of what stands there, within the transaction: readers see the old rows until it
    commits, then the new ones. The views that depend on it are kept. -#}
{% macro swap_in(filled, target, existing) %}
    {%- if existing is none -%}
        {%- do adapter.rename_relation(filled, target) -%}
    {%- else -%}
        {%- set views = onerow.take_away_dependents(existing) -%}
        {%- do adapter.drop_relation(existing) -%}
        {%- do adapter.rename_relation(filled, target) -%}
        {%- do onerow.bring_back_dependents(views) -%}
    {%- endif -%}
{% endmacro %}
