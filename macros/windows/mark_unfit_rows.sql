{#- Give a reason of refusal to each incoming row that replace_window cannot load: one outside the window that its batch declares, and
    one whose key is not whole. Asked again for rows that are read again, which must not load the second time either. -#}
{% macro mark_unfit_rows(load) %}
    {%- set time = 'i.' ~ onerow.quoted(load.window_column) -%}
    {%- set reasons = "coalesce(i._reject_reasons, '{}')" -%}
    {%- set outside = onerow.literal('outside_window:' ~ load.window_column) -%}
    {%- call statement('onerow_unfit') %}
        update {{ load.incoming }} as i
        set _reject_reasons = {{ reasons }} || {{ outside }}::text
        from {{ load.positions }} as p
        where p.batch_no = i._batch_no and p.window_start is not null and not {{ outside }} = any({{ reasons }})
            and ({{ time }} < p.window_start or {{ time }} >= p.window_end or ({{ time }} is null and not {{ onerow.is_rejected(load, 'i') }}));
        {%- for column in load.key %}
        {%- set missing = onerow.literal('missing:' ~ column) %}

        update {{ load.incoming }} as i
        set _reject_reasons = {{ reasons }} || {{ missing }}::text
        where i.{{ onerow.quoted(column) }} is null and not {{ missing }} = any({{ reasons }})
        {%- if not loop.last %};{% endif %}
        {%- endfor %}
    {%- endcall -%}
{% endmacro %}
