{#- Another loader's table may take in rows at any moment. So the rows of this load are listed before they are read: what comes later is
    left to a later attempt, and the claim counts what was listed. Sets load.landed, the rows that have landed for this load. -#}
{% macro list_landed(load) %}
    {%- do load.update({'landed': onerow.landing_of(load.source), 'loader': onerow.loader_of(onerow.contract_of(load.source))}) -%}
    {%- if load.loader is not none -%}
        {%- set listed = onerow.scratch_relation('landed') -%}
        {%- call statement('onerow_landed') %}
            create temporary table {{ listed }} on commit drop as
            select l._batch_no, l._line_number from {{ load.landed }} as l where l._batch_no = any({{ onerow.claimed_batches() }});

            analyze {{ listed }};

            update {{ onerow.ledger('claims') }} as c
            set row_count = (select count(*) from {{ listed }} as l where l._batch_no = c.batch_no)
            where c.model = {{ onerow.literal(onerow.relation_id(this)) }} and c.xid = pg_current_xact_id()
        {%- endcall -%}
        {%- set problems = [] -%}
        {%- for row in run_query(
            'select b.batch_id, count(*) as row_count from ' ~ listed ~ ' as l inner join ' ~ onerow.ledger('batches')
            ~ ' as b on b.batch_no = l._batch_no group by b.batch_no, l._line_number having count(*) > 1 or l._line_number is null limit 1'
        ).rows -%}
            {%- do problems.append(
                'row_id: ' ~ load.loader.row_id ~ ' does not identify a row of batch ' ~ row['batch_id'] ~ ': ' ~ row['row_count']
                ~ ' rows have the same value, or none'
            ) -%}
        {%- endfor -%}
        {%- do onerow.raise_if_any('source ' ~ load.source, problems) -%}
        {%- do load.update({'landed': listed}) -%}
    {%- endif -%}
{% endmacro %}
