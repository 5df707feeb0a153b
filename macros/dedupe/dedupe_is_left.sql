{#- Query: whether the list of this pass has another batch. -#}
{% macro dedupe_is_left(run) %}
select exists (
    select
    from {{ run.work_list }} as l
    where l._dedupe_batch > (select d.done_batch from {{ run.ledger }} as d where d.run_no = {{ run.run_no }})
)
{% endmacro %}
