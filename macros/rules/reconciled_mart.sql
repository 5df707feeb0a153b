{#- What the rules need to know of a mart: `id` in the ledger, `relation`, `source` by name, `landing`, `window_column` (where the
    mart is loaded by windows, else none), `key` (the columns of the natural key with their type in the contract), `described` (the columns that the model describes), `version` (its
    version column, if that is a delivered one), `is_first_kept` (of a key the first row and not the newest one stays), and what
    meta.onerow.reconcile says: `where`, `window` (column and grain), `minimum_age`, `consumed_within`, `fan_out`, `counts_tolerance` and `compared` (columns to compare
    with landing, with their types). Only at run time: there is no graph while parsing. The relation is made anew, so
    that --empty and --sample never limit what a rule sees. -#}
{% macro reconciled_mart(mart) %}
    {%- set nodes = [] -%}
    {%- for node in graph.nodes.values()
        if node.resource_type == 'model' and node.database == mart.database
        and node.schema == mart.schema and node.alias == mart.identifier -%}
        {%- do nodes.append(node) -%}
    {%- endfor -%}
    {%- set options = (nodes[0].config.meta.get('onerow') or {}) if nodes else {} -%}
    {%- if not options.get('source') -%}
        {%- do exceptions.raise_compiler_error(
            'reconciled_mart(' ~ mart ~ '): a model with meta.onerow.source is needed, '
            ~ ('this one has none' if nodes else 'there is no model of that relation')
        ) -%}
    {%- endif -%}
    {%- set contract = onerow.contract_of(options.source) -%}
    {%- set key = [] -%}
    {%- for name in contract.config.meta.onerow.natural_key -%}
        {%- do key.append({'name': name, 'data_type': contract.columns[name].data_type}) -%}
    {%- endfor -%}
    {%- set version = options.get('version_column') -%}
    {%- set is_newest_kept = onerow.is_newest_kept(nodes[0].config.get('incremental_strategy'), options, contract.columns) -%}
    {%- set reconcile = onerow.reconcile_options(
        nodes[0].name, options.get('reconcile') or {}, onerow.delivered_columns(contract), is_newest_kept
    ) -%}
    {%- set compared = [] -%}
    {%- for name in reconcile.compare if not reconcile.source -%}
        {%- set data_type = contract.columns[name].data_type -%}
        {#- json has no equality. -#}
        {%- do compared.append({'name': name, 'data_type': data_type, 'comparable': 'jsonb' if data_type == 'json' else data_type}) -%}
    {%- endfor -%}
    {%- set relation = api.Relation.create(database=mart.database, schema=mart.schema, identifier=mart.identifier) -%}
    {{- return({
        'id': onerow.relation_id(relation),
        'relation': relation,
        'source': options.source,
        'landing': onerow.landing_of(options.source),
        'window_column': options.get('window_column'),
        'where': reconcile.where,
        'window': reconcile.window,
        'window_type': contract.columns[reconcile.window.column].data_type if reconcile.window else none,
        'described': nodes[0].columns,
        'version': version if version in contract.columns else none,
        'version_type': contract.columns[version].data_type if version in contract.columns else none,
        'minimum_age': reconcile.minimum_age,
        'consumed_within': reconcile.consumed_within,
        'fan_out': reconcile.fan_out,
        'counts_tolerance': reconcile.counts_tolerance,
        'compared': compared,
        'is_first_kept': nodes[0].config.get('incremental_strategy') == 'insert_new',
        'key': key,
    }) -}}
{% endmacro %}
