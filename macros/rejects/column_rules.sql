{#- The rules of a column as a list of code and SQL condition `is_broken`, which is NULL or false where the rule is kept. Only
    `required` looks at a missing or blank value. No condition can raise: what is compared is a valid value of its type, or NULL. -#}
{% macro column_rules(column, value) %}
    {%- set text = onerow.without_blanks(value) -%}
    {%- set typed = onerow.try_cast(value, column.data_type) -%}
    {%- set rules = [] -%}
    {%- if column.required -%}
        {%- do rules.append({'code': 'missing', 'is_broken': 'coalesce(' ~ text ~ ", '') = ''"}) -%}
    {%- endif -%}
    {%- if column.data_type != 'text' -%}
        {%- do rules.append({
            'code': 'invalid_' ~ column.data_type,
            'is_broken': 'not ' ~ onerow.is_valid(value, column.data_type) ~ ' and ' ~ text ~ " <> ''",
        }) -%}
    {%- endif -%}
    {%- if column.get('accepted_values') -%}
        {%- set accepted = [] -%}
        {%- for each in column.accepted_values -%}
            {%- do accepted.append(onerow.typed_literal(each, column.data_type)) -%}
        {%- endfor -%}
        {%- do rules.append({
            'code': 'not_accepted',
            'is_broken': text ~ " <> '' and " ~ typed ~ ' not in (' ~ accepted | join(', ') ~ ')',
        }) -%}
    {%- endif -%}
    {%- if column.get('range') -%}
        {%- set outside = [] -%}
        {%- for bound, operator in [('min', '<'), ('max', '>')] if bound in column.range -%}
            {%- do outside.append(typed ~ ' ' ~ operator ~ ' ' ~ onerow.typed_literal(column.range[bound], column.data_type)) -%}
        {%- endfor -%}
        {%- do rules.append({'code': 'out_of_range', 'is_broken': outside | join(' or ')}) -%}
    {%- endif -%}
    {%- if column.get('pattern') -%}
        {%- do rules.append({
            'code': 'wrong_pattern',
            'is_broken': text ~ " <> '' and " ~ value ~ ' !~ ' ~ onerow.literal(column.pattern),
        }) -%}
    {%- endif -%}
    {{- return(rules) -}}
{% endmacro %}
