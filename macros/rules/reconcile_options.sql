{#- meta.onerow.reconcile of a model, checked: everything that is wrong comes in one message. `columns` are those of the contract;
    `is_newest_kept` says that the mart holds the newest delivered state of each key, so that its values can be compared with landing. -#}
{% macro reconcile_options(name, options, columns, is_newest_kept) %}
    {%- set known = ['where', 'window', 'minimum_age', 'consumed_within', 'fan_out', 'source', 'compare', 'tolerance', 'counts_tolerance'] -%}
    {%- set grains = ['hour', 'day', 'week', 'month'] -%}
    {%- set problems = [] -%}
    {%- set where = 'model ' ~ name ~ ', meta.onerow.reconcile' -%}
    {%- if options is not mapping -%}
        {%- do onerow.raise_if_any(where, ['a mapping of ' ~ known | join(', ') ~ ', not ' ~ options]) -%}
    {%- endif -%}
    {%- for option in options if option not in known -%}
        {%- do problems.append(option ~ ': unknown option; known are ' ~ known | join(', ')) -%}
    {%- endfor -%}
    {%- for option in ['where', 'source', 'minimum_age', 'consumed_within'] if options.get(option, '') is not string -%}
        {%- do problems.append(option ~ ': a text, not ' ~ options[option]) -%}
    {%- endfor -%}
    {%- for option in ['minimum_age', 'consumed_within'] if options.get(option) is string -%}
        {%- if not modules.re.fullmatch('[0-9]+ (second|minute|hour|day)s?', options[option]) -%}
            {%- do problems.append(option ~ ": a number of seconds, minutes, hours or days, such as '2 hours', not '" ~ options[option] ~ "'") -%}
        {%- endif -%}
    {%- endfor -%}
    {%- set window = options.get('window') -%}
    {%- if window is not none and (window is not mapping or window | list | sort != ['column', 'grain']) -%}
        {%- do problems.append('window: {column: COLUMN, grain: ' ~ grains | join('|') ~ '}, not ' ~ window) -%}
    {%- elif window is not none -%}
        {%- if window.grain not in grains -%}
            {%- do problems.append('window.grain: one of ' ~ grains | join(', ') ~ ', not ' ~ window.grain) -%}
        {%- endif -%}
        {%- if window.column not in columns -%}
            {%- do problems.append('window.column: a column of the contract, which are ' ~ columns | join(', ') ~ ', not ' ~ window.column) -%}
        {%- endif -%}
    {%- endif -%}
    {%- if options.get('minimum_age') and window is none -%}
        {%- do problems.append('minimum_age: needs window, whose column tells the age of a row') -%}
    {%- endif -%}
    {%- set fan_out = options.get('fan_out', 1) -%}
    {%- if fan_out is not integer or fan_out is boolean or fan_out < 1 -%}
        {%- do problems.append('fan_out: how many rows of the mart a key may be, a number from 1 on, not ' ~ fan_out) -%}
    {%- elif fan_out > 1 and options.get('source') -%}
        {%- do problems.append('fan_out: a mart is compared with source row by row; leave one of them out') -%}
    {%- endif -%}
    {%- set compare = options.get('compare', []) -%}
    {%- if compare is string or compare is mapping or compare is not iterable -%}
        {%- do problems.append('compare: a list of columns, not ' ~ compare) -%}
    {%- elif compare and not options.get('source') -%}
        {%- if not is_newest_kept -%}
            {%- do problems.append('compare: without a source, values are compared with landing, which takes incremental_strategy upsert, conflict_resolution replace and a version_column of the contract') -%}
        {%- endif -%}
        {%- for column in compare if column not in columns -%}
            {%- do problems.append('compare: a column of the contract, which are ' ~ columns | join(', ') ~ ', not ' ~ column) -%}
        {%- endfor -%}
    {%- endif -%}
    {%- set tolerance = options.get('tolerance', {}) -%}
    {%- if tolerance is not mapping or tolerance.values() | reject('number') | list -%}
        {%- do problems.append('tolerance: {COLUMN: NUMBER}, not ' ~ tolerance) -%}
    {%- endif -%}
    {%- set counts_tolerance = options.get('counts_tolerance') -%}
    {%- if counts_tolerance is not none and not (
        (counts_tolerance is integer and counts_tolerance is not boolean and counts_tolerance >= 0)
        or (counts_tolerance is float and 0 < counts_tolerance < 1)
    ) -%}
        {%- do problems.append('counts_tolerance: a whole number of rows, or a share of the source between 0 and 1 such as 0.01, not ' ~ counts_tolerance) -%}
    {%- endif -%}
    {%- do onerow.raise_if_any(where, problems) -%}
    {{- return({
        'where': options.get('where'),
        'window': window,
        'minimum_age': options.get('minimum_age'),
        'consumed_within': options.get('consumed_within', '1 day'),
        'fan_out': fan_out,
        'source': options.get('source'),
        'compare': compare,
        'counts_tolerance': counts_tolerance,
    }) -}}
{% endmacro %}
