{#- A query of no rows with the mart's columns, as contracts and schema changes look at them: ours only where the model's yaml lists
    them under an enforced contract, or where `with_ours` asks for those that a table has. -#}
{% macro shape_of(load, with_ours=[]) %}
    {%- set ours = onerow.our_columns(load) -%}
    {%- set shown = with_ours or (model.columns.keys() | list if config.get('contract').enforced else ['_batch_no']) -%}
    {%- set names = [] -%}
    {%- for column in load.columns if column.name not in ours or column.name in shown -%}
        {%- do names.append(onerow.quoted(column.name)) -%}
    {%- endfor -%}
    {{- return('select ' ~ names | join(', ') ~ ' from ' ~ load.incoming ~ ' where false') -}}
{% endmacro %}
