{#- Whether this run reads only a part of what is there, with --empty or --sample. dbt tells of the latter among its arguments only. -#}
{% macro is_limited() %}
    {{- return(flags.EMPTY or invocation_args_dict.get('sample') is not none) -}}
{% endmacro %}
