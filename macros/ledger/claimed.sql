{#- Condition of a mart's SQL: the rows of the batches that this very transaction has claimed. Unconditional, never inside
    is_incremental(): a first build claims too. Unit tests and `dbt show` read everything and claim nothing. -#}
{% macro claimed(source=none) %}
    {%- if not execute or model.resource_type == 'unit_test' or flags.WHICH == 'show' -%}
        {{- return('true') -}}
    {%- endif -%}
    {%- if config.get('incremental_strategy') not in onerow.strategies() -%}
        {%- do exceptions.raise_compiler_error(
            'model ' ~ model.name ~ ": claimed() needs one of onerow's strategies (" ~ onerow.strategies() | join(', ')
            ~ '), not ' ~ config.get('incremental_strategy') ~ ': nothing else claims batches'
        ) -%}
    {%- endif -%}
    {%- if not (config.get('meta', {}).get('onerow') or {}).get('source') -%}
        {%- do exceptions.raise_compiler_error(
            'model ' ~ model.name ~ ': claimed() needs meta.onerow.source, whose batches the load claims; without it no row would ever be read'
        ) -%}
    {%- endif -%}
    {#- An array, not a join or `in`: so the index on _batch_no serves, and landing is not hashed whole. -#}
    {{- (onerow.quoted(source) ~ '.') if source else '' }}_batch_no = any({{ onerow.claimed_batches() }})
{%- endmacro %}
