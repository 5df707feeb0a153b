{#- Record in the ledger that a batch is done, and as which step if it has removed something. -#}
{% macro dedupe_end_batch(run, removed, changed) %}
update {{ run.ledger }} as d
set
    done_batch = (select min(l._dedupe_batch) from {{ run.work_list }} as l where l._dedupe_batch > d.done_batch),
    step_count = {{ run.step }},
    removed_count = d.removed_count + {{ removed }},
    changed_count = d.changed_count + {{ changed }}
where d.run_no = {{ run.run_no }}
{% endmacro %}
