{#- The unique index that ends a run, made without locking writers out. -#}
{% macro dedupe_index(target, run) %}
create unique index concurrently {{ onerow.quoted(run.index_name) }} on {{ target.relation }} ({{ onerow.quoted_list(target.key) }}) nulls not distinct
{% endmacro %}
