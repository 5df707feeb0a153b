{#- Raise one error for all columns that the model's options speak of and its SQL does not select. -#}
{% macro require_columns(load, selected) %}
    {%- set problems = [] -%}
    {%- for column in load.key if column not in selected -%}
        {%- do problems.append('unique_key: the model selects no column ' ~ column) -%}
    {%- endfor -%}
    {%- if load.version and load.version not in selected -%}
        {%- do problems.append('meta.onerow.version_column: the model selects no column ' ~ load.version) -%}
    {%- endif -%}
    {%- if load.window_column and load.window_column not in selected -%}
        {%- do problems.append('meta.onerow.window_column: the model selects no column ' ~ load.window_column) -%}
    {%- endif -%}
    {%- if load.window_column and '_reject_reasons' not in selected -%}
        {%- do problems.append('meta.onerow.window_column: the model must select _reject_reasons, where rows outside their window are marked') -%}
    {%- endif -%}
    {%- if load.source and '_reject_reasons' not in selected and onerow.contract_of(load.source).config.meta.onerow.get('strict') == 'batch' -%}
        {%- do problems.append('meta.onerow.source: the model must select _reject_reasons, because ' ~ load.source ~ ' refuses whole batches (strict: batch)') -%}
    {%- endif -%}
    {%- for column in ['_batch_no', '_line_number'] if load.source and column not in selected -%}
        {%- do problems.append('meta.onerow.source: the model must select ' ~ column ~ ', so that each delivered row is accounted for') -%}
    {%- endfor -%}
    {%- do onerow.raise_if_any('model ' ~ model.name, problems) -%}
{% endmacro %}
