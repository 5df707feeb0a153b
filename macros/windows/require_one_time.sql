{#- Windows can only be told apart if the rows of one key have one time: to take a row back in one window would else bring back another
    row of its key from any older batch. Stops and names such keys, those within the load and those that the mart has elsewhere. -#}
{% macro require_one_time(into, load) %}
    {%- set time = onerow.quoted(load.window_column) -%}
    {%- set key = 'jsonb_build_object(' ~ onerow.key_pairs(load, 'i') ~ ')::text' -%}
    {%- set keys = [] -%}
    {%- if load.window_column not in load.key -%}
        {%- for row in run_query(
            'select ' ~ key ~ ', min(i.' ~ time ~ ')::text, case when count(i.' ~ time ~ ') = count(*) then max(i.' ~ time ~ ')::text end'
            ~ ' from ' ~ load.incoming ~ ' as i where not ' ~ onerow.is_rejected(load, 'i') ~ ' group by ' ~ onerow.quoted_list(load.key, 'i')
            ~ ' having min(i.' ~ time ~ ') <> max(i.' ~ time ~ ') or count(i.' ~ time ~ ') not in (0, count(*))'
            ~ ' union select ' ~ key ~ ', t.' ~ time ~ '::text, i.' ~ time ~ '::text from ' ~ load.plan ~ ' as p'
            ~ ' inner join ' ~ load.incoming ~ ' as i on i.ctid = p.row_id inner join ' ~ into ~ ' as t on ' ~ onerow.same_key(load, 't', 'i')
            ~ " where p.outcome in ('modified', 'stale') and t." ~ time ~ ' is distinct from i.' ~ time ~ ' order by 1, 2 limit 3'
        ).rows -%}
            {%- do keys.append(row[0] ~ ' has ' ~ (row[1] or 'none') ~ ' and ' ~ (row[2] or 'none')) -%}
        {%- endfor -%}
    {%- endif -%}
    {%- if keys -%}
        {%- do onerow.raise_if_any('model ' ~ model.name, [
            'meta.onerow.window_column: a key must have one ' ~ load.window_column ~ ', but ' ~ keys | join(', ') ~ ';'
            ~ ' make ' ~ load.window_column ~ ' part of the unique_key, or load with upsert what may change its time'
        ]) -%}
    {%- endif -%}
{% endmacro %}
