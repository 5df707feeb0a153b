{#- What the rules need to know of a mart: `id` in the ledger, `relation`, `source` by name, `landing`, `window_column` (where the
    mart is loaded by windows, else none), `where` (the declared condition on delivered rows, or none) and `key`, the columns of the
    natural key with their type in the contract. Only at run time: there is no graph while parsing. The relation is made anew, so
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
    {%- set relation = api.Relation.create(database=mart.database, schema=mart.schema, identifier=mart.identifier) -%}
    {{- return({
        'id': onerow.relation_id(relation),
        'relation': relation,
        'source': options.source,
        'landing': onerow.landing_of(options.source),
        'window_column': options.get('window_column'),
        'where': (options.get('reconcile') or {}).get('where'),
        'key': key,
    }) -}}
{% endmacro %}
