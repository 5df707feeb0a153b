{#- Log the first rows that a generic test of onerow has returned, above the message in which dbt only says how many there are. Tests of
    others are left alone: what they return may not be meant for a log. -#}
{% macro log_violations(sql) %}
    {%- set shown = 3 -%}
    {%- set ours = [] -%}
    {%- for macro in model.depends_on.macros if macro.startswith('macro.onerow.test_') -%}{%- do ours.append(macro) -%}{%- endfor -%}
    {%- set failures = load_result('main').table.columns[0].values()[0] -%}
    {%- if ours and failures -%}
        {%- set found = run_query('select to_jsonb(v)::text as violation from (' ~ sql ~ ') as v order by to_jsonb(v) limit ' ~ shown) -%}
        {%- do log(model.name ~ ': ' ~ failures ~ ' violations' ~ (', the first ' ~ shown if failures > shown else '') ~ ':', info=True) -%}
        {%- for row in found.rows -%}
            {%- do log('  ' ~ row['violation'], info=True) -%}
        {%- endfor -%}
    {%- endif -%}
{% endmacro %}
