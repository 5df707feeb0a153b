{#- Give a table the columns of the load: the contract, on_schema_change, and our own. Leaves in load.columns those that it has. -#}
{% macro adapt_columns(into, load) %}
    {%- if config.get('contract').enforced -%}
        {%- do get_assert_columns_equivalent(onerow.shape_of(load)) -%}
    {%- endif -%}
    {%- do onerow.add_our_columns(into, load) -%}
    {%- set shape = onerow.scratch_relation('shape') -%}
    {%- do run_query(
        'create temporary table ' ~ shape ~ ' on commit drop as (' ~ onerow.shape_of(load, with_ours=onerow.our_columns(load).keys() | list) ~ ')'
    ) -%}
    {%- set on_schema_change = incremental_validate_on_schema_change(config.get('on_schema_change'), default='ignore') -%}
    {%- do process_schema_changes(on_schema_change, shape, into) -%}

    {%- set there = onerow.column_names(into) -%}
    {%- set lost = load.columns | rejectattr('name', 'in', there) | map(attribute='name') | list -%}
    {%- if lost -%}
        {%- do exceptions.warn(
            'model ' ~ model.name ~ ': the table has no column ' ~ lost | join(', ') ~ ', so its values are not kept; '
            ~ 'set on_schema_change: append_new_columns, or run once with --full-refresh'
        ) -%}
    {%- endif -%}
    {%- do load.update({'columns': load.columns | selectattr('name', 'in', there) | list}) -%}
{% endmacro %}
