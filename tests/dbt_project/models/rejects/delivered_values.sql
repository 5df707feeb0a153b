{#- One empty row of a delivered text; unit tests put theirs in its place. -#}
select null::text as delivered_value
