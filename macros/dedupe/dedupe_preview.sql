{#- Query: what a rule would do, as one row. A key is of the class `twins` where its rows agree in every column but their batch, `tied`
    where unlike rows are equal by the rule and content decides, else `decided`. Samples are the first keys of each class. -#}
{% macro dedupe_preview(target, rule, references, limit) %}
with

keys as materialized (

    select
        row_number() over (order by k._dedupe_row_ids[1]) as _dedupe_key,
        k._dedupe_row_ids
    from ({{ onerow.dedupe_keys(target) }}) as k

),

ranked as materialized (

    select
        keys._dedupe_key,
        r._dedupe_row_id,
        {{ onerow.content(target.state_columns, 't') }} as _dedupe_state,
        rank() over (partition by keys._dedupe_key order by {{ onerow.dedupe_decided_by(target, rule, 't') }}) as _dedupe_rank,
        row_number() over (partition by keys._dedupe_key order by {{ onerow.dedupe_survivor_first(target, rule, 't') }}) as _dedupe_place
    from keys
    cross join lateral unnest(keys._dedupe_row_ids) as r (_dedupe_row_id)
    inner join {{ target.relation }} as t on t.ctid = r._dedupe_row_id

),

classes as materialized (

    select
        ranked._dedupe_key as key_no,
        count(*) as row_count,
        case
            when count(distinct ranked._dedupe_state) = 1 then 'twins'
            when count(distinct ranked._dedupe_state) filter (where ranked._dedupe_rank = 1) > 1 then 'tied'
            else 'decided'
        end as class
    from ranked
    group by ranked._dedupe_key

),
{%- if rule.name == 'merge' %}

merged as materialized (

    {{ onerow.dedupe_merged(target, 'ranked') }}

),

changed as (

    select
        t.ctid as row_id,
        to_jsonb(t.*) || (to_jsonb(merged.*) - '_dedupe_key' - '_dedupe_row_id') as after
    from merged
    inner join {{ target.relation }} as t on t.ctid = merged._dedupe_row_id
    where row({{ onerow.quoted_list(target.merged_columns | map(attribute='name') | list, 't') }})::text
        <> row({{ onerow.quoted_list(target.merged_columns | map(attribute='name') | list, 'merged') }})::text

),
{%- endif %}

sampled as (

    select
        s.key_no,
        s.class
    from (
        select
            classes.key_no,
            classes.class,
            row_number() over (partition by classes.class order by classes.key_no) as sample_no
        from classes
    ) as s
    where s.sample_no <= {{ limit }}

),

samples as (

    select
        sampled.key_no,
        sampled.class,
        min({{ onerow.dedupe_key_object(target, 't') }}::text)::jsonb as key,
        jsonb_agg(to_jsonb(t.*) order by ranked._dedupe_place) as before,
        {%- if rule.name == 'merge' %}
        coalesce(
            (jsonb_agg(changed.after) filter (where changed.after is not null)) -> 0,
            (jsonb_agg(to_jsonb(t.*) order by ranked._dedupe_place)) -> 0
        ) as after
        {%- else %}
        (jsonb_agg(to_jsonb(t.*) order by ranked._dedupe_place)) -> 0 as after
        {%- endif %}
    from sampled
    inner join ranked on ranked._dedupe_key = sampled.key_no
    inner join {{ target.relation }} as t on t.ctid = ranked._dedupe_row_id
    {%- if rule.name == 'merge' %}
    left join changed on changed.row_id = ranked._dedupe_row_id
    {%- endif %}
    group by sampled.key_no, sampled.class

)

select
    coalesce((
        select jsonb_object_agg(c.class, jsonb_build_object('keys', c.key_count, 'removed_rows', c.removed_rows))
        from (
            select
                classes.class,
                count(*) as key_count,
                sum(classes.row_count - 1) as removed_rows
            from classes
            group by classes.class
        ) as c
    ), '{}') as classes,
    {{ '(select count(*) from changed)' if rule.name == 'merge' else '0' }} as changed_rows,
    coalesce((select jsonb_agg(to_jsonb(samples) - 'key_no' order by samples.key_no) from samples), '[]') as samples,
    {%- if references %}
    (
        select jsonb_agg(to_jsonb(f))
        from ({{ onerow.dedupe_referenced(target, 'ranked', references) }}) as f
    ) as referenced
    {%- else %}
    '[]'::jsonb as referenced
    {%- endif %}
{% endmacro %}
