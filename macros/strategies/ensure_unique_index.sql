{#- See to it that the database itself refuses a second row of a key. -#}
{% macro ensure_unique_index(relation, key) %}
    {#- Not after the relation, which a rebuild makes under another name first. -#}
    {%- set index = onerow.run_unique(this, 'key').identifier -%}
    {%- call statement('onerow_unique_index') %}
        do $onerow$
        declare
            is_there boolean;
            deferred_index text;
            duplicated bigint;
            samples text;
        begin
            select
                coalesce(bool_or(u.keeps_one_row), false),
                min(u.indexrelid::regclass::text) filter (where not u.indimmediate)
            into is_there, deferred_index
            from ({{ onerow.unique_indexes(relation, key) }}) as u;

            if deferred_index is not null then
                raise exception using
                    errcode = 'object_not_in_prerequisite_state',
                    message = format(
                        '%s has a deferrable unique constraint on its key, %s, beside which `on conflict` does not work',
                        {{ onerow.literal(onerow.relation_id(this)) }}, deferred_index
                    ),
                    hint = 'Nothing was loaded. Drop the constraint; the load then makes an index that holds at once.';
            end if;
            if is_there then
                return;
            end if;
            create unique index {{ onerow.quoted(index) }} on {{ relation }} ({{ onerow.quoted_list(key) }}) nulls not distinct;
        exception when unique_violation then
            select count(*), string_agg(d.key_text, ', ' order by d.key_text) filter (where d.position <= 3)
            into duplicated, samples
            from (
                select g.key_text, row_number() over (order by g.key_text) as position
                from (
                    select jsonb_build_array({{ onerow.quoted_list(key) }})::text as key_text
                    from {{ relation }}
                    group by {{ onerow.quoted_list(key) }}
                    having count(*) > 1
                ) as g
            ) as d;
            raise exception using
                errcode = 'unique_violation',
                message = format(
                    '%s already holds %s keys with more than one row, such as %s',
                    {{ onerow.literal(onerow.relation_id(this)) }}, duplicated, samples
                ),
                hint = 'Nothing was loaded. Look at the surplus rows and remove them: '
                    || {{ onerow.literal('onerow dedupe audit ' ~ model.name ~ ', then onerow dedupe apply ' ~ model.name) }}
                    || '. Or rebuild the table from landing: '
                    || {{ onerow.literal('dbt run --full-refresh --select ' ~ model.name) }};
        end $onerow$;
    {%- endcall -%}
{% endmacro %}
