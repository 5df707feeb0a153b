{#- The node's SQL without the limits that --empty and --sample put around each ref and source. -#}
{% macro unlimited_sql(sql) %}
    {%- if not onerow.is_limited() -%}
        {{- return(sql) -}}
    {%- endif -%}
    {#- dbt writes (select * from "db"."schema"."name" where false limit 0) _dbt_limit_subq_name, and for samples
        (select * from "db"."schema"."name" where event_time >= '...') _dbt_et_filter_subq_name. -#}
    {%- set limited = '\\(select \\* from ((?:"[^"]*"|[^\\s"])+) where (?:false limit 0|[^()]*)\\) _dbt_(?:limit|et_filter)_subq_[^\\s,()]+' -%}
    {%- set unlimited = modules.re.sub(limited, '\\1', sql) -%}
    {%- if '_dbt_limit_subq_' in unlimited or '_dbt_et_filter_subq_' in unlimited -%}
        {%- do exceptions.raise_compiler_error(
            'view ' ~ model.name ~ ": cannot tell dbt's limit from the model's own SQL; build it once without --empty and --sample"
        ) -%}
    {%- endif -%}
    {{- return(unlimited) -}}
{% endmacro %}
