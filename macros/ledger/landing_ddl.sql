{#- The landing table of one source, made from its contract: every column as text, what the contract does not know in
    `_unexpected`. Looks first and adds what is missing. Rendered by Python with Jinja alone, like ledger_ddl. -#}
{% macro landing_ddl(schema, table, columns) %}
{%- set schema_name = '"' ~ schema | replace('"', '""') ~ '"' -%}
{%- set relation = schema_name ~ '."' ~ table | replace('"', '""') ~ '"' -%}
do $onerow$
begin
    perform pg_advisory_xact_lock(hashtextextended('onerow:ledger', 0));

    if to_regnamespace('{{ schema_name | replace("'", "''") }}') is null then
        create schema {{ schema_name }};
    end if;

    if to_regclass('{{ relation | replace("'", "''") }}') is null then
        create table {{ relation }} (
            _batch_no bigint not null,
            _line_number bigint not null,
            {%- for column in columns %}
            "{{ column | replace('"', '""') }}" text,
            {%- endfor %}
            _unexpected jsonb,
            primary key (_batch_no, _line_number)
        );
    end if;
    {%- for column in columns %}

    if not exists (
        select from pg_attribute as a
        where a.attrelid = '{{ relation | replace("'", "''") }}'::regclass
            and a.attname = '{{ column | replace("'", "''") }}' and not a.attisdropped
    ) then
        alter table {{ relation }} add column "{{ column | replace('"', '""') }}" text;
    end if;
    {%- endfor %}
end $onerow$;
{% endmacro %}
