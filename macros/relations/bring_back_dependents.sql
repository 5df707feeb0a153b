{#- Make the views anew that depended on a relation, on the one that has taken its place. A view that no longer fits is named in a
    warning. -#}
{% macro bring_back_dependents(statements) %}
    {%- for view in statements -%}
        {%- call statement('onerow_dependent', fetch_result=True) %}
            create temporary table if not exists onerow_unfit (name text, reason text) on commit drop;
            do $onerow$
            begin
                execute {{ onerow.literal(view['statement']) }};
            exception when others then
                insert into onerow_unfit values ({{ onerow.literal(view['name']) }}, sqlerrm);
            end $onerow$;
            select name, reason from onerow_unfit;
        {%- endcall -%}
    {%- endfor -%}
    {%- for unfit in (load_result('onerow_dependent').table.rows if statements else []) -%}
        {%- do exceptions.warn(
            'view ' ~ unfit['name'] ~ ' no longer fits the new ' ~ onerow.relation_id(this) ~ ' and was dropped: ' ~ unfit['reason']
        ) -%}
    {%- endfor -%}
{% endmacro %}
