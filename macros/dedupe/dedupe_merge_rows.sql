{#- Work out what a merge makes of the batch's survivors, before their other rows go. -#}
{% macro dedupe_merge_rows(target) %}
create temporary table onerow_dedupe_merged on commit drop as
{{ onerow.dedupe_merged(target, 'pg_temp.onerow_dedupe_copies') }}
{% endmacro %}
