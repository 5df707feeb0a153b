{#- Query: the unique indexes of a table on just these columns, in any order, and whether each keeps one row a key. An index counts by
    its definition, not by its name: valid, at once, without predicate or expression, and for NULLs too. -#}
{% macro unique_indexes(relation, key) %}
    {%- set names = [] -%}
    {%- for column in key -%}
        {%- do names.append(onerow.literal(column)) -%}
    {%- endfor %}
        select
            x.indexrelid,
            x.indimmediate,
            x.indisvalid and x.indisready and x.indimmediate and (
                x.indnullsnotdistinct
                or not exists (
                    select from pg_catalog.pg_attribute as a
                    where a.attrelid = x.indrelid and a.attnum = any(x.indkey::smallint[]) and not a.attnotnull
                )
            ) as keeps_one_row
        from pg_catalog.pg_index as x
        where x.indrelid = {{ onerow.literal(relation) }}::regclass
            and x.indisunique and x.indpred is null and x.indexprs is null
            and (
                select array_agg(a.attname::text order by a.attname)
                from unnest(x.indkey::smallint[]) with ordinality as k (attnum, position)
                inner join pg_catalog.pg_attribute as a on a.attrelid = x.indrelid and a.attnum = k.attnum
                where k.position <= x.indnkeyatts
            ) = (select array_agg(c order by c collate "C") from unnest(array[{{ names | join(', ') }}]) as c)
{%- endmacro %}
