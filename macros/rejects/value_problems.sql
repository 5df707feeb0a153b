{#- What is wrong with the values that rules name, as a list of messages: PostgreSQL says whether a value is of its column's type, and
    whether a pattern is a regular expression. It can be asked of a pattern without an error only as part of a jsonpath, whose
    like_regex is of the same kind. -#}
{% macro value_problems(columns) %}
    {%- set checks = [] -%}
    {%- for column in columns -%}
        {%- set named = [] -%}
        {%- if column.get('accepted_values') is iterable and column.accepted_values is not string and column.accepted_values is not mapping -%}
            {%- for value in column.accepted_values -%}
                {%- do named.append(('accepted_values', value)) -%}
            {%- endfor -%}
        {%- endif -%}
        {%- if column.get('range') is mapping -%}
            {%- for bound in ['min', 'max'] if bound in column.range -%}
                {%- do named.append(('range.' ~ bound, column.range[bound])) -%}
            {%- endfor -%}
        {%- endif -%}
        {%- for rule, value in named if column.data_type != 'text' -%}
            {%- do checks.append((
                onerow.is_valid(onerow.literal(value | string), column.data_type),
                'columns.' ~ column.name ~ ': ' ~ rule ~ ': a value of type ' ~ column.data_type ~ ', not ' ~ value,
            )) -%}
        {%- endfor -%}
        {%- if column.get('pattern') is string -%}
            {%- set jsonpath = "'$ ? (@ like_regex ' || to_json(" ~ onerow.literal(column.pattern) ~ "::text)::text || ')'" -%}
            {%- do checks.append((
                'pg_input_is_valid(' ~ jsonpath ~ ", 'jsonpath')",
                'columns.' ~ column.name ~ ': pattern: a regular expression, not ' ~ column.pattern,
            )) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- set queries = [] -%}
    {%- for is_valid, problem in checks -%}
        {%- do queries.append('select ' ~ loop.index ~ ' as position, ' ~ onerow.literal(problem) ~ ' as problem where not ' ~ is_valid) -%}
    {%- endfor -%}
    {{- return(run_query(queries | join('\nunion all\n') ~ '\norder by position').columns['problem'].values() | list if queries else []) -}}
{% endmacro %}
