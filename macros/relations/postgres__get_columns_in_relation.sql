{#- dbt's own reads information_schema, which calls every array ARRAY (so that unit tests cast to a type of that name) and finds
    the temporary tables of other sessions. Same columns, from pg_attribute. -#}
{% macro postgres__get_columns_in_relation(relation) -%}
    {%- call statement('get_columns_in_relation', fetch_result=True) %}
        select
            a.attname,
            format_type(a.atttypid, null),
            information_schema._pg_char_max_length(a.atttypid, a.atttypmod),
            information_schema._pg_numeric_precision(a.atttypid, a.atttypmod),
            information_schema._pg_numeric_scale(a.atttypid, a.atttypmod)
        from pg_catalog.pg_attribute as a
        inner join pg_catalog.pg_class as c on c.oid = a.attrelid
        where c.relname = {{ onerow.literal(relation.identifier) }}
            and c.relnamespace = {% if relation.schema and relation.schema != 'pg_temp' -%}
                (select n.oid from pg_catalog.pg_namespace as n where n.nspname = {{ onerow.literal(relation.schema) }})
            {%- else -%}
                pg_my_temp_schema()
            {%- endif %}
            and a.attnum > 0 and not a.attisdropped
        order by a.attnum
    {%- endcall -%}
    {{- return(sql_convert_columns_in_relation(load_result('get_columns_in_relation').table)) -}}
{%- endmacro %}
