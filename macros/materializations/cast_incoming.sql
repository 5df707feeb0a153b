{#- Give the incoming rows the types and collations of the table's columns, as an insert would. Else a value that the table rounds, cuts
    or pads differs from itself each time it is delivered. Refused rows are not inserted, so their values need not fit. -#}
{% macro cast_incoming(into, load) %}
    {%- set changes = run_query(
        "select format('alter column %I type %s%s using case when not %s then %I end', i.attname, format_type(t.atttypid, t.atttypmod),"
        ~ " ' collate ' || case when t.attcollation <> 0 then t.attcollation::regcollation::text end, "
        ~ onerow.literal(onerow.is_rejected(load, load.incoming)) ~ ', i.attname)'
        ~ ' from pg_catalog.pg_attribute as i inner join pg_catalog.pg_attribute as t on t.attname = i.attname'
        ~ ' where i.attrelid = ' ~ onerow.literal(load.incoming) ~ '::regclass and t.attrelid = ' ~ onerow.literal(into) ~ '::regclass'
        ~ ' and i.attnum > 0 and (i.atttypid, i.atttypmod, i.attcollation) <> (t.atttypid, t.atttypmod, t.attcollation)'
    ).columns[0].values() -%}
    {%- if changes -%}
        {%- do run_query('alter table ' ~ load.incoming ~ ' ' ~ changes | join(', ')) -%}
        {%- do run_query('analyze ' ~ load.incoming ~ ' (' ~ onerow.quoted_list(load.key) ~ ')') -%}
        {%- set names = load.columns | map(attribute='name') | list -%}
        {%- do load.update({
            'columns': onerow.postgres__get_columns_in_relation(load.incoming) | selectattr('name', 'in', names) | list
        }) -%}
    {%- endif -%}
{% endmacro %}
