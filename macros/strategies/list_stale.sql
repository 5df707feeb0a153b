{#- insert_new keeps the first row of a key: say which keys came again with another content, so that they are not lost in silence. -#}
{% macro list_stale(load) %}
    {%- set keys = run_query(
        'select jsonb_build_object(' ~ onerow.key_pairs(load, 'i') ~ ")::text from " ~ load.plan ~ ' as p'
        ~ ' inner join ' ~ load.incoming ~ " as i on i.ctid = p.row_id where p.outcome = 'stale' order by 1 limit 3"
    ).columns[0].values() -%}
    {%- if keys -%}
        {%- do log('model ' ~ model.name ~ ': kept the first row of keys that came again with another content, such as ' ~ keys | join(', '), info=true) -%}
    {%- endif -%}
{% endmacro %}
