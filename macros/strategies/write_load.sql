{#- Plan, write, and plan again what a foreign writer changed in between, until every row has its outcome. Where all rows are to be
    written as they are, there is no plan to be made beforehand; one is made if they do not all come back from the write. -#}
{% macro write_load(into, load, is_empty=false) %}
    {%- set passes = 5 -%}
    {%- set state = namespace(open=0) -%}
    {%- set look = not is_empty and (load.window_column or not onerow.mostly_changes(into, load)) -%}
    {%- set is_repeated = onerow.has_repeated_keys(load) -%}
    {%- set is_planned = look or load.window_column or is_repeated or onerow.has_rejected_rows(load) -%}
    {%- if is_planned -%}
        {%- do onerow.plan_rows(into, load, look, is_repeated) -%}
    {%- endif -%}
    {%- if load.window_column -%}
        {%- do onerow.require_one_time(into, load) -%}
    {%- endif -%}
    {%- for pass in range(passes) -%}
        {%- if pass == 0 or state.open > 0 -%}
            {%- if pass > 0 -%}
                {%- do onerow.reopen_rows(into, load) -%}
            {%- endif -%}
            {%- set whole = pass == 0 and (not is_planned or onerow.planned_rows(load) == load.row_count) -%}
            {%- call statement('onerow_write') -%}
                {{ onerow.upsert_rows(into, load, is_empty, whole) }}
            {%- endcall -%}
            {%- if pass == 0 and not is_planned -%}
                {%- do onerow.plan_written(into, load) -%}
            {%- endif -%}
            {%- set state.open = onerow.open_rows(load) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if state.open > 0 -%}
        {%- do exceptions.raise_compiler_error(
            'model ' ~ model.name ~ ': ' ~ state.open ~ ' rows of ' ~ onerow.relation_id(this) ~ ' did not take what was loaded, '
            ~ passes ~ ' times over: another writer changes them, or a trigger of the table is in the way. Nothing was loaded'
        ) -%}
    {%- endif -%}
    {%- if load.window_column and not is_empty -%}
        {%- do onerow.withdraw_rows(into, load) -%}
    {%- endif -%}
    {%- if load.is_merge and load.deleted_when -%}
        {%- do onerow.mark_deleted(into, load) -%}
    {%- endif -%}
{% endmacro %}
