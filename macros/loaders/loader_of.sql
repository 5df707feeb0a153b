{#- How the loader of a source marks its batches and rows, checked: everything that is wrong comes in one message. None where the source
    lands by `onerow land`. -#}
{% macro loader_of(contract) %}
    {%- set options = contract.config.meta.onerow -%}
    {%- set texts = ['batch_column', 'row_id', 'complete_when', 'growth_window'] -%}
    {%- set problems = [] -%}
    {%- for option in texts if option in options and (options[option] is not string or not options[option]) -%}
        {%- do problems.append(option ~ ': a text, not ' ~ options[option]) -%}
    {%- endfor -%}
    {%- if not options.get('batch_column') -%}
        {%- for option in texts if option in options and option != 'batch_column' -%}
            {%- do problems.append(option ~ ': is for tables of other loaders; name the column that marks their batches as batch_column') -%}
        {%- endfor -%}
    {%- elif not options.get('row_id') -%}
        {%- do problems.append('row_id: the column that identifies a row within its batch, such as _dlt_id; it is missing') -%}
    {%- endif -%}
    {%- do onerow.raise_if_any('source ' ~ contract.name, problems) -%}
    {%- if not options.get('batch_column') -%}
        {{- return(none) -}}
    {%- endif -%}
    {%- set types = {} -%}
    {%- for option in ['batch_column', 'row_id'] -%}
        {%- set column = contract.columns.get(options[option]) -%}
        {%- do types.update({option: (column.data_type if column else none) or 'text'}) -%}
    {%- endfor -%}
    {{- return({
        'batch_column': options.batch_column,
        'batch_type': types.batch_column,
        'row_id': options.row_id,
        'row_type': types.row_id,
        'complete_when': options.get('complete_when', 'true'),
        'growth_window': options.get('growth_window', '7 days'),
    }) -}}
{% endmacro %}
