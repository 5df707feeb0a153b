{#- An empty reference table; unit tests put theirs in its place. -#}
select null::text as status
