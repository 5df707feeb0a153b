{#- Script that gives the batches in another loader's table their numbers when they are first seen, and counts those again that may have
    grown: first seen, or claimed, within `growth_window`. Batches are found by their names, never by a high-water mark, so one that
    commits late is not missed. With an index on the column it goes from name to name; without one it reads the table.
    Python renders this file too. -#}
{% macro register_batches(schema, contract) %}
{%- set loader = onerow.loader_of(contract) -%}
{%- set source = onerow.literal(contract.name) -%}
{%- set batches = onerow.quoted(schema) ~ '.batches' -%}
{%- set claims = onerow.quoted(schema) ~ '.claims' -%}
{%- set table = onerow.quoted(contract.schema) ~ '.' ~ onerow.quoted(contract.identifier) -%}
{%- set batch = 'r.' ~ onerow.quoted(loader.batch_column) -%}
{%- set name = onerow.as_text('s.value', loader.batch_type) -%}
{%- set recent = 'clock_timestamp() - ' ~ onerow.literal(loader.growth_window) ~ '::interval' -%}
{%- set is_due -%}
{{ name }} not in (
            select b.batch_id
            from {{ batches }} as b
            where b.source = {{ source }} and b.landed_at < {{ recent }}
                and b.batch_no not in (select c.batch_no from {{ claims }} as c where c.claimed_at >= {{ recent }})
        )
{%- endset -%}
do $onerow$
declare
    by_index constant text := $seen$
        with recursive names as (
            (select {{ batch }} as value from {{ table }} as r where {{ batch }} is not null order by 1 limit 1)
            union all
            select (select {{ batch }} from {{ table }} as r where {{ batch }} > n.value order by 1 limit 1)
            from names as n
            where n.value is not null
        )

        select {{ name }} as batch_id, (select count(*) from {{ table }} as r where {{ batch }} = s.value) as row_count
        from names as s
        where s.value is not null and {{ is_due }}
    $seen$;
    by_scan constant text := $seen$
        select {{ name }} as batch_id, s.row_count
        from (select {{ batch }} as value, count(*) as row_count from {{ table }} as r where {{ batch }} is not null group by 1) as s
        where {{ is_due }}
    $seen$;
    is_indexed boolean;
    seen record;
begin
    if to_regclass({{ onerow.literal(table) }}) is null or to_regclass({{ onerow.literal(batches) }}) is null then
        return;
    end if;
    perform set_config('timezone', 'UTC', true);
    is_indexed := exists (
        select
        from pg_catalog.pg_index as i
        inner join pg_catalog.pg_attribute as a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
        inner join pg_catalog.pg_class as c on c.oid = i.indexrelid
        inner join pg_catalog.pg_am as m on m.oid = c.relam
        where i.indrelid = {{ onerow.literal(table) }}::regclass and i.indisvalid and i.indpred is null
            and m.amname = 'btree' and a.attname = {{ onerow.literal(loader.batch_column) }}
    );
    for seen in execute format(
        'select batch_id, row_count from (%s) as waiting where (%s) order by batch_id',
        case when is_indexed then by_index else by_scan end, $complete${{ loader.complete_when }}$complete$
    ) loop
        update {{ batches }} as b
        set row_count = seen.row_count
        where b.source = {{ source }} and b.batch_id = seen.batch_id and b.row_count <> seen.row_count;

        if not exists (select from {{ batches }} as b where b.source = {{ source }} and b.batch_id = seen.batch_id) then
            insert into {{ batches }} (source, batch_id, extracted_at, row_count)
            values ({{ source }}, seen.batch_id, now(), seen.row_count)
            on conflict do nothing;
        end if;
    end loop;
end $onerow$;
{% endmacro %}
