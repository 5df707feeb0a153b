{#- A late batch can only be told from newer ones by what those have delivered: stop where landing no longer has it. -#}
{% macro require_newer_in_landing(load) %}
    {%- set contract = onerow.contract_of(load.source) -%}
    {%- set problems = [] -%}
    {%- for row in run_query(
        'select n.batch_no, n.row_count, count(l._batch_no) as landed from (' ~ onerow.newer_batches(load) ~ ') as n'
        ~ ' left join ' ~ onerow.landing_of(load.source) ~ ' as l on l._batch_no = n.batch_no'
        ~ ' group by n.batch_no, n.row_count having count(l._batch_no) < n.row_count order by n.batch_no limit 3'
    ).rows -%}
        {%- do problems.append(
            'landing holds ' ~ row['landed'] ~ ' of the ' ~ row['row_count'] ~ ' rows of batch ' ~ row['batch_no']
            ~ ': an older batch has arrived late and must not undo what that one said; restore its rows in ' ~ contract.schema ~ '.' ~ contract.identifier
            ~ ', or quarantine the late batch'
        ) -%}
    {%- endfor -%}
    {%- do onerow.raise_if_any('model ' ~ model.name, problems) -%}
{% endmacro %}
