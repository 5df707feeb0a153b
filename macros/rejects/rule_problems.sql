{#- What is wrong with the rules of a contract as they are written, as a list of messages. -#}
{% macro rule_problems(columns, options) %}
    {%- set known = ['required', 'accepted_values', 'range', 'pattern'] -%}
    {%- set unordered = ['text', 'uuid', 'boolean', 'json', 'jsonb'] -%}
    {%- set problems = [] -%}
    {%- for column in columns -%}
        {%- set where = 'columns.' ~ column.name ~ ': ' -%}
        {%- for option in column if option not in known + ['name', 'data_type'] -%}
            {%- do problems.append(where ~ option ~ ': unknown rule; known are ' ~ known | join(', ')) -%}
        {%- endfor -%}
        {%- if column.required is not boolean -%}
            {%- do problems.append(where ~ 'required: true or false, not ' ~ column.required) -%}
        {%- endif -%}
        {%- if 'accepted_values' in column -%}
            {%- set values = column.accepted_values -%}
            {%- if values is string or values is mapping or values is not iterable or not values -%}
                {%- do problems.append(where ~ 'accepted_values: a non-empty list of values, not ' ~ values) -%}
            {%- elif column.data_type == 'json' -%}
                {%- do problems.append(where ~ 'accepted_values: json has no equality; use jsonb') -%}
            {%- endif -%}
        {%- endif -%}
        {%- if 'range' in column -%}
            {%- set bounds = column.range -%}
            {%- if bounds is not mapping or not bounds or bounds | reject('in', ['min', 'max']) | list -%}
                {%- do problems.append(where ~ 'range: min, max or both, not ' ~ bounds) -%}
            {%- elif column.data_type in unordered -%}
                {%- do problems.append(where ~ 'range: is for numbers and times, not for ' ~ column.data_type) -%}
            {%- elif bounds | length == 2 -%}
                {%- set ends = [bounds.min | string, bounds.max | string] -%}
                {%- set numbers = [ends[0] | float(none), ends[1] | float(none)] -%}
                {%- if (numbers[0] > numbers[1] if none not in numbers else ends[0] > ends[1]) -%}
                    {%- do problems.append(where ~ 'range: min ' ~ ends[0] ~ ' is greater than max ' ~ ends[1]) -%}
                {%- endif -%}
            {%- endif -%}
        {%- endif -%}
        {%- if 'pattern' in column and (column.pattern is not string or not column.pattern) -%}
            {%- do problems.append(where ~ 'pattern: a regular expression, not ' ~ column.pattern) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if options.get('unique_in_batch', 'first') not in ('first', 'last', 'reject_all') -%}
        {%- do problems.append("unique_in_batch: 'first', 'last' or 'reject_all', not '" ~ options.unique_in_batch ~ "'") -%}
    {%- endif -%}
    {{- return(problems) -}}
{% endmacro %}
