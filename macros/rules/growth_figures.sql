{#- Level growth of `onerow reconcile`, in the columns of key_figures: by how many rows each side has grown since they were equal. A mart
    that was never reconciled has grown by nothing. -#}
{% macro growth_figures(mart) %}
{%- if execute %}
select
    'grown_rows' as figure,
    coalesce((
        select growth.source_rows - growth.source_rows_then
        from ({{ onerow.growth_since(mart) }}) as growth
        where growth.window_start is null
    ), 0) as source_value,
    coalesce((
        select growth.mart_rows - growth.mart_rows_then
        from ({{ onerow.growth_since(mart) }}) as growth
        where growth.window_start is null
    ), 0) as destination_value,
    (select count(*) from ({{ onerow.unexplained_growth(mart) }}) as violations) as violations,
    'unexplained_growth' as rule
{%- endif %}
{%- endmacro %}
