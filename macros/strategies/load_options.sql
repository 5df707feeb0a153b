{#- The options of this model's load, checked: everything that is wrong comes in one message. -#}
{% macro load_options() %}
    {%- set strategy = config.get('incremental_strategy') -%}
    {%- set options = config.get('meta', {}).get('onerow') or {} -%}
    {%- set unique_key = config.get('unique_key') or [] -%}
    {%- set key = [unique_key] if unique_key is string else unique_key | unique(case_sensitive=true) | list -%}
    {#- Which strategies an option is for. -#}
    {%- set known = {
        'source': onerow.strategies(),
        'version_column': onerow.strategies(),
        'max_batches_per_run': onerow.strategies(),
        'reconcile': onerow.strategies(),
        'conflict_resolution': ['upsert'],
        'deleted_when': ['upsert'],
        'window_column': ['replace_window'],
        'allow_empty_window': ['replace_window'],
    } -%}
    {%- set problems = [] -%}

    {%- if not key -%}
        {%- do problems.append('unique_key: the column, or the list of columns, of which each value is to be one row; it is missing') -%}
    {%- endif -%}
    {%- for option in ['source', 'version_column', 'deleted_when', 'window_column'] if options.get(option, '') is not string -%}
        {%- do problems.append('meta.onerow.' ~ option ~ ': a text, not ' ~ options[option]) -%}
    {%- endfor -%}
    {%- for option in options -%}
        {%- if option not in known -%}
            {%- do problems.append('meta.onerow.' ~ option ~ ': unknown option; known are ' ~ known | join(', ')) -%}
        {%- elif strategy not in known[option] -%}
            {%- do problems.append('meta.onerow.' ~ option ~ ': is for ' ~ known[option] | join(', ') ~ ', not for ' ~ strategy) -%}
        {%- endif -%}
    {%- endfor -%}
    {#- dbt's options for its own strategies. Ignored in silence, they would load something else than what they ask for. -#}
    {%- for option in ['incremental_predicates', 'predicates'] if config.get(option) -%}
        {%- do problems.append(option ~ ': a row that they hide from the load would be inserted a second time; ' ~ strategy ~ ' looks at the batch, not at the whole table, so remove them') -%}
    {%- endfor -%}
    {%- for option in ['merge_update_columns', 'merge_exclude_columns'] if config.get(option) -%}
        {%- do problems.append(option ~ ': a column that is only written once holds what happened to arrive first; leave the column out of the model, or set meta.onerow.conflict_resolution: merge') -%}
    {%- endfor -%}
    {%- set resolution = options.get('conflict_resolution', 'replace') -%}
    {%- if resolution not in ('replace', 'merge') -%}
        {%- do problems.append("meta.onerow.conflict_resolution: 'replace' or 'merge', not '" ~ resolution ~ "'") -%}
    {%- elif resolution == 'merge' and not options.get('version_column') -%}
        {%- do problems.append('meta.onerow.version_column: conflict_resolution merge needs one, to tell which of two values of a field is newer') -%}
    {%- endif -%}
    {%- if options.get('version_column') in key -%}
        {%- do problems.append('meta.onerow.version_column: ' ~ options.version_column ~ ' is part of the unique_key, so it cannot order two states of one key') -%}
    {%- endif -%}
    {%- if strategy == 'replace_window' and not options.get('window_column') -%}
        {%- do problems.append('meta.onerow.window_column: the time column that the windows of the batches are about; it is missing') -%}
    {%- endif -%}
    {%- if strategy == 'replace_window' and not options.get('source') -%}
        {%- do problems.append('meta.onerow.source: replace_window needs one, whose batches declare their windows') -%}
    {%- endif -%}
    {%- set limit = options.get('max_batches_per_run') -%}
    {%- if limit is not none and (limit is not integer or limit < 1) -%}
        {%- do problems.append('meta.onerow.max_batches_per_run: a whole number from 1, not ' ~ limit) -%}
    {%- elif limit is not none and not options.get('source') -%}
        {%- do problems.append('meta.onerow.max_batches_per_run: without meta.onerow.source there are no batches to count') -%}
    {%- endif -%}
    {%- if options.get('allow_empty_window', false) is not boolean -%}
        {%- do problems.append('meta.onerow.allow_empty_window: true or false, not ' ~ options.allow_empty_window) -%}
    {%- endif -%}
    {%- set sources = onerow.contracts() | map(attribute='name') | list -%}
    {%- if options.get('source') and options.source not in sources -%}
        {%- do problems.append('meta.onerow.source: no source ' ~ options.source ~ ' has a contract; these have: ' ~ (sources | join(', ') or 'none')) -%}
    {%- endif -%}
    {%- if target.get('autocommit') -%}
        {%- do problems.append('profile: autocommit is on, so claim, load and counts would not commit together; set autocommit: false in target ' ~ target.name) -%}
    {%- endif -%}
    {%- do onerow.raise_if_any('model ' ~ model.name, problems) -%}

    {{- return({
        'strategy': strategy,
        'key': key,
        'source': options.get('source'),
        'version': options.get('version_column'),
        'is_merge': resolution == 'merge',
        'deleted_when': options.get('deleted_when'),
        'window_column': options.get('window_column'),
        'allow_empty_window': options.get('allow_empty_window', false),
        'max_batches': limit,
        'by_position': options.get('source') and (strategy == 'replace_window' or not options.get('version_column')),
    }) -}}
{% endmacro %}
