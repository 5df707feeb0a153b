{#- One row a source, reason and status of dead letters, with how many there are. A letter with two reasons counts in both. What is wrong
    with a malformed line differs from line to line: one reason for all of them. Python renders this file with Jinja alone, like
    ledger_ddl. -#}
{% macro reasons_of_dead_letters(schema) %}
{%- set schema_name = '"' ~ schema | replace('"', '""') ~ '"' -%}
select
    refused.source,
    refused.reason,
    refused.status,
    count(*) as letter_count,
    max(refused.batch_no) as newest_batch_no
from (
    select
        dead_letters.source,
        dead_letters.status,
        dead_letters.batch_no,
        case when reasons.reason like 'malformed:%' then 'malformed' else reasons.reason end as reason
    from {{ schema_name }}.dead_letters as dead_letters
    cross join unnest(dead_letters.reasons) as reasons (reason)
) as refused
group by refused.source, refused.reason, refused.status
{%- endmacro %}
