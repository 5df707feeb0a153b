{#- Level accounting of `onerow reconcile`: the accounts of all batches of a mart added up, in the columns of key_figures (the source
    side is what can be counted, the mart side what was recorded). Differences that cancel each other in the sum are still violations. -#}
{% macro account_figures(mart) %}
{%- if execute %}
select
    figures.figure,
    coalesce(sum(accounts.counted), 0) as source_value,
    coalesce(sum(accounts.recorded), 0) as destination_value,
    count(*) filter (
        where accounts.counted is distinct from accounts.recorded
            and not {{ onerow.is_excepted_account(mart) | indent(12) }}
    ) as violations,
    'rows_not_accounted_for' as rule
from (
    values
    (1, 'landed_rows'),
    (2, 'malformed_lines'),
    (3, 'claimed_rows'),
    (4, 'outcome_rows'),
    (5, 'rejected_rows'),
    (6, 'filtered_rows'),
    (7, 'mart_rows'),
    (8, 'quarantined_rows')
) as figures (position, figure)
left join ({{ onerow.accounts(mart) }}) as accounts
    on accounts.figure = figures.figure
group by figures.position, figures.figure
order by figures.position
{%- endif %}
{%- endmacro %}
