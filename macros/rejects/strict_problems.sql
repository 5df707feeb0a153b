{#- What is wrong with how strict a contract is, as a list of messages. -#}
{% macro strict_problems(options) %}
    {%- set problems = [] -%}
    {%- set most = options.get('max_rejected', 0) -%}
    {%- if options.get('strict', 'row') not in ('row', 'batch') -%}
        {%- do problems.append("strict: 'row' or 'batch', not '" ~ options.strict ~ "'") -%}
    {%- endif -%}
    {%- if most is string and modules.re.match('\\d+(\\.\\d+)?%$', most) and most[:-1] | float < 100 -%}
    {%- elif most is integer and most is not boolean and most >= 0 -%}
    {%- else -%}
        {%- do problems.append("max_rejected: a number of rows, or a share of them such as '1%', not " ~ most) -%}
    {%- endif -%}
    {%- if 'max_rejected' in options and options.get('strict', 'row') == 'row' -%}
        {%- do problems.append('max_rejected: is for strict: batch; without it refused rows are set aside one by one') -%}
    {%- endif -%}
    {{- return(problems) -}}
{% endmacro %}
