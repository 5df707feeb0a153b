{#- SQL for the numbers of the batches that a load reads: the setting that read_batches makes. The load puts the numbers themselves in its
    place (see incoming_rows): where they are most of landing it is read from end to end, and the setting would be read and taken
    apart for every row. -#}
{% macro claimed_batches() %}
    {{- return("current_setting('onerow.claimed_batches', true)::bigint[]") -}}
{% endmacro %}
