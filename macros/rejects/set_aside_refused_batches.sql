{#- For a source that is strict about whole batches: one that holds more refused rows and malformed lines than it allows does not load at
    all. One that was released loads as it is. -#}
{% macro set_aside_refused_batches(load) %}
    {%- set options = onerow.contract_of(load.source).config.meta.onerow -%}
    {%- do onerow.raise_if_any('source ' ~ load.source, onerow.strict_problems(options)) -%}
    {%- if options.get('strict') == 'batch' -%}
        {%- set most = options.get('max_rejected', 0) | string -%}
        {%- set limit = 'c.delivered * ' ~ most[:-1] ~ ' / 100.0' if most.endswith('%') else most -%}
        {%- set reasons = {} -%}
        {%- for batch in run_query(
            'select c.batch_no, c.rejects, c.delivered from ('
            ~ 'select b.batch_no, b.row_count + b.rejected_count as delivered,'
            ~ ' b.rejected_count + count(i._batch_no) filter (where ' ~ onerow.is_rejected(load, 'i') ~ ') as rejects'
            ~ ' from ' ~ load.delivery ~ ' as d inner join ' ~ onerow.ledger('batches') ~ ' as b on b.batch_no = d.batch_no'
            ~ ' left join ' ~ load.incoming ~ ' as i on i._batch_no = b.batch_no'
            ~ ' where b.released_at is null group by b.batch_no) as c where c.rejects > ' ~ limit ~ ' order by c.batch_no'
        ).rows -%}
            {%- do reasons.update({
                batch['batch_no']: 'holds ' ~ batch['rejects'] ~ ' refused rows or lines of ' ~ batch['delivered']
                    ~ '; its source allows ' ~ most
            }) -%}
        {%- endfor -%}
        {%- do onerow.set_aside_batches(load, reasons) -%}
    {%- endif -%}
{% endmacro %}
