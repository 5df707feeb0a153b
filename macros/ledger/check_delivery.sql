{#- Before anything is written: each claimed row is gathered at most once and nothing else is, and landing still holds what was
    claimed. Leaves per batch how many rows landed and how many the model's own SQL left out. -#}
{% macro check_delivery(load) %}
    {%- set contract = onerow.contract_of(load.source) -%}
    {%- set landing = contract.schema ~ '.' ~ contract.identifier -%}
    {%- set model_name = onerow.literal(onerow.relation_id(this)) -%}
    {%- call statement('onerow_delivery') %}
        create temporary table {{ load.delivery }} on commit drop as
        with claimed as (
            select c.batch_no, c.attempt, c.row_count
            from {{ onerow.ledger('claims') }} as c
            where c.model = {{ model_name }} and c.xid = pg_current_xact_id()
        ),

        landed as (
            select l._batch_no as batch_no, count(*) as row_count
            from {{ load.landed }} as l
            where l._batch_no = any(array(select c.batch_no from claimed as c))
            group by l._batch_no
        ),

        left_out as (
            select o.batch_no, count(*) as row_count
            from (
                {{ onerow.left_out_rows(load, 'array(select c.batch_no from claimed as c)') | indent(16) }}
            ) as o
            group by o.batch_no
        ),

        gathered as (
            select i._batch_no as batch_no, count(*) as row_count
            from {{ load.incoming }} as i
            group by i._batch_no
        )

        select
            batch_no,
            claimed.attempt,
            claimed.row_count as claimed,
            coalesce(landed.row_count, 0) as landed,
            coalesce(left_out.row_count, 0) as filtered,
            coalesce(gathered.row_count, 0) as gathered
        from claimed
        left join landed using (batch_no)
        left join left_out using (batch_no)
        full join gathered using (batch_no)
    {%- endcall -%}
    {%- set wrong = run_query(
        'select batch_no, attempt, claimed, landed, filtered, gathered from ' ~ load.delivery
        ~ ' where claimed is distinct from landed or landed - filtered <> gathered order by batch_no limit 3'
    ).rows -%}
    {%- set problems = [] -%}
    {%- for row in wrong -%}
        {%- if row['attempt'] is none -%}
            {%- do problems.append(
                'it returns ' ~ row['gathered'] ~ ' rows of batch ' ~ row['batch_no'] ~ ', which this run has not claimed;'
                ~ ' is `where {{ onerow.claimed() }}` missing?'
            ) -%}
        {%- elif row['claimed'] != row['landed'] -%}
            {%- do problems.append(
                'landing holds ' ~ row['landed'] ~ ' of the ' ~ row['claimed'] ~ ' rows of batch ' ~ row['batch_no']
                ~ ': rows were removed from ' ~ landing ~ ', so a load would not bring them back; restore them, or quarantine the batch'
            ) -%}
        {%- else -%}
            {%- set example = run_query(
                'select _line_number, count(*) as copies from ' ~ load.incoming ~ ' where _batch_no = ' ~ row['batch_no']
                ~ ' group by _line_number having count(*) > 1 order by _line_number limit 1'
            ).rows -%}
            {%- do problems.append(
                'it returns line ' ~ example[0]['_line_number'] ~ ' of batch ' ~ row['batch_no'] ~ ' ' ~ example[0]['copies']
                ~ ' times: a join multiplies delivered rows; join on a unique key of the other side' if example
                else 'it returns rows of batch ' ~ row['batch_no'] ~ ' that were never delivered; keep _batch_no and _line_number as they are'
            ) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- do onerow.raise_if_any('model ' ~ model.name, problems) -%}
{% endmacro %}
