{#- Whether a mart holds the newest delivered state of each key, whole, so that its values can be compared with landing. Python calls
    this too. -#}
{% macro is_newest_kept(strategy, options, columns) %}
    {{- return(
        strategy == 'upsert' and options.get('conflict_resolution', 'replace') == 'replace'
        and options.get('version_column') in columns
    ) -}}
{% endmacro %}
